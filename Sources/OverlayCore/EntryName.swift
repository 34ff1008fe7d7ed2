// SPDX-License-Identifier: Apache-2.0

/// The name of one directory entry: bytes, as the kernel has them, never a path.
///
/// Holds no NUL and no slash and is not `.` or `..`, so "../x" cannot be spelled. Names need not be
/// UTF-8; they are shown through ``shown(_:)``, which lets no control character reach a terminal.
package struct EntryName: Hashable, Sendable {
    /// The bytes and the NUL that ends them, as a system call wants them.
    package let cString: [CChar]

    /// A name from the kernel or a person; nil when it could be a path or cannot be a name.
    package init?(bytes: some Sequence<UInt8>) { self.init(slice: Array(bytes)[...]) }

    /// The same from a listing: names come by the ten thousand, so this is one pass and no copy.
    package init?(slice bytes: ArraySlice<UInt8>) {
        guard (1...255).contains(bytes.count) else { return nil }
        var cString: [CChar] = []
        cString.reserveCapacity(bytes.count + 1)
        for byte in bytes {
            guard byte != 0, byte != 0x2F else { return nil }
            cString.append(CChar(bitPattern: byte))
        }
        guard bytes.count > 2 || bytes.contains(where: { $0 != 0x2E }) else { return nil }
        cString.append(0)
        self.cString = cString
    }

    /// A name spelled in this program.
    package init(_ literal: StaticString) {
        let characters = literal.withUTF8Buffer { buffer in buffer.map { CChar(bitPattern: $0) } }
        cString = characters + [0]
    }

    /// A name of ours with a number behind it: `prefix` + `number`.
    package init(prefix: EntryName, number: Int) {
        let digits = String(number).utf8.map { CChar(bitPattern: $0) }
        cString = Array(prefix.cString.dropLast()) + digits + [0]
    }

    package var bytes: some Collection<UInt8> {
        cString.dropLast().lazy.map { UInt8(bitPattern: $0) }
    }

    package func hasPrefix(_ prefix: EntryName) -> Bool {
        cString.starts(with: prefix.cString.dropLast())
    }
}

extension EntryName: CustomStringConvertible {
    package var description: String { shown(bytes) }
}

extension EntryName: Comparable {
    package static func < (one: EntryName, other: EntryName) -> Bool {
        for (mine, theirs) in zip(one.cString, other.cString) where mine != theirs {
            return UInt8(bitPattern: mine) < UInt8(bitPattern: theirs)
        }
        return false
    }
}

/// Bytes as one line of text: printable UTF-8 stays, everything else becomes `\xNN`.
///
/// For messages only. File names are chosen by others and must not move a cursor or forge a line.
package func shown(_ bytes: some Sequence<UInt8>) -> String {
    let bytes = Array(bytes)
    if bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) { return String(decoding: bytes, as: UTF8.self) }
    if let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.allSatisfy(isPlain) { return text }
    var line = ""
    for byte in bytes {
        let scalar = Unicode.Scalar(byte)
        if byte < 0x80, isPlain(scalar) {
            line.unicodeScalars.append(scalar)
        } else {
            line += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
    return line
}

private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
}
