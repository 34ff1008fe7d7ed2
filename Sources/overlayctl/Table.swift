// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import OverlayKernel

/// Columns for people.
struct Table {
    private var rows: [[String]]
    private let hasHeading: Bool

    init(heading: [String]?) {
        rows = heading.map { [$0] } ?? []
        hasHeading = heading != nil
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// Lines without trailing space; the last column is as wide as it likes.
    var text: String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.enumerated().map { index, row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                line += isLast ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return index == 0 && hasHeading && StandardOutput.isTerminal ? "\u{1B}[1m\(line)\u{1B}[0m" : line
        }.joined(separator: "\n")
    }
}

/// The same for programs.
func json(_ value: some Encodable, _ form: JSONForm) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
        form == .pretty
        ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        : [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
