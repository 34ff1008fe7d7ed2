// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// What is wrong in a configuration file, and where.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package var file: FilePath
    /// 0 when the trouble is with the file as a whole.
    package var line: Int
    package var reason: String

    package init(file: FilePath, line: Int = 0, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    package var description: String { line == 0 ? "\(file.shown): \(reason)" : "\(file.shown):\(line): \(reason)" }
}

/// The form of systemd's configuration files (systemd.syntax(7)): sections, assignments, comments
/// with `#` or `;`, lines continued with a backslash. Values are bytes: a path need not be UTF-8.
package enum ConfigurationText {
    package struct Assignment: Equatable, Sendable {
        package var section: String
        package var key: String
        package var value: [UInt8]
        package var number: Int
    }

    /// A larger file is refused.
    package static let sizeLimit = 1 << 20

    package static func assignments(in text: [UInt8], file: FilePath) throws(ConfigurationError) -> [Assignment] {
        var found: [Assignment] = []
        var section: String?
        for (number, line) in logicalLines(text) {
            func fault(_ reason: String) -> ConfigurationError {
                ConfigurationError(file: file, line: number, reason: reason)
            }
            guard !line.contains(0) else { throw fault("a NUL byte; this is no text file") }
            if line.first == 0x5B {
                guard line.last == 0x5D, line.count > 2 else {
                    throw fault("a section looks like [Volumes], not \"\(shown(line))\"")
                }
                section = String(decoding: line.dropFirst().dropLast(), as: UTF8.self)
                continue
            }
            guard let equals = line.firstIndex(of: 0x3D) else {
                throw fault("neither a [Section] nor Key=Value: \"\(shown(line))\"")
            }
            let key = String(decoding: trimmed(line[..<equals]), as: UTF8.self)
            guard !key.isEmpty else { throw fault("no key before the =") }
            guard let section else { throw fault("\(shown(key.utf8))= stands before the first [Section]") }
            let value = Array(trimmed(line[(equals + 1)...]))
            found.append(Assignment(section: section, key: key, value: value, number: number))
        }
        return found
    }

    /// Lines without comments and blanks, continuations joined by one space; numbered by their first.
    private static func logicalLines(_ text: [UInt8]) -> [(number: Int, line: ArraySlice<UInt8>)] {
        var lines: [(Int, ArraySlice<UInt8>)] = []
        var pending: (number: Int, text: [UInt8])?
        for (index, raw) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let line = trimmed(raw)
            let isComment = line.first == 0x23 || line.first == 0x3B
            // A comment within a continuation is passed over, as systemd does.
            if isComment || (line.isEmpty && pending == nil) { continue }
            let number = pending?.number ?? index + 1
            let start = pending?.text ?? []
            if line.last == 0x5C {
                pending = (number, start + line.dropLast() + [0x20])
            } else {
                pending = nil
                lines.append((number, trimmed((start + line)[...])))
            }
        }
        if let pending { lines.append((pending.number, trimmed(pending.text[...]))) }
        return lines.filter { !$0.1.isEmpty }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        let start = line.drop(while: isSpace)
        return start.prefix((start.lastIndex { !isSpace($0) } ?? start.startIndex - 1) - start.startIndex + 1)
    }
}
