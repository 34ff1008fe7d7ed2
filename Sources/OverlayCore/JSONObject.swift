// SPDX-License-Identifier: Apache-2.0

/// The members of one JSON object (RFC 8259), each value as the text that stands there.
///
/// The oneshot must tell a complete metadata.json from a half-written one and links no Foundation,
/// so the few lines that takes are here, for every room: one reader, one verdict. Values stay raw,
/// so a rewrite can keep what it does not know to the letter.
package struct JSONObject: Sendable {
    package struct Member: Sendable {
        package var key: String
        package var value: ArraySlice<UInt8>
    }

    package private(set) var members: [Member] = []

    package struct Malformed: Error, Equatable, CustomStringConvertible {
        package var description: String
    }

    /// Nested deeper than this, a text is refused: it is no file of ours.
    package static let depthLimit = 64

    package init(parsing text: [UInt8]) throws(Malformed) {
        var scanner = JSONScanner(text)
        try scanner.skipSpace()
        guard scanner.peek == 0x7B else {
            throw Malformed(description: text.isEmpty ? "it is empty" : "it is not a JSON object")
        }
        try scanner.object(depth: 0) { key, value in
            members.append(Member(key: JSONScanner.decoded(key), value: value))
        }
        try scanner.skipSpace()
        guard scanner.peek == nil else { throw scanner.malformed("text after its end") }
    }

    /// The last member of this name, upper and lower case alike, as Go's decoder has it.
    package subscript(name: String) -> ArraySlice<UInt8>? {
        members.last { isSame($0.key, name) }?.value
    }

    /// The member's text when it is a string.
    package func string(_ name: String) -> String? {
        guard let value = self[name], value.first == 0x22 else { return nil }
        return JSONScanner.decoded(value)
    }

    package func bool(_ name: String) -> Bool? {
        guard let value = self[name] else { return nil }
        return value.elementsEqual("true".utf8) ? true : value.elementsEqual("false".utf8) ? false : nil
    }
}

private func isSame(_ one: String, _ other: String) -> Bool {
    one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).allSatisfy { lower($0) == lower($1) }
}

private func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

/// A string as JSON text, quotes included.
package func jsonQuoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\u{0}"..<"\u{20}", "\u{7F}":
            let hex = String(scalar.value, radix: 16)
            quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
