// SPDX-License-Identifier: Apache-2.0

/// Walks over JSON text and checks its form. Keeps no tree.
struct JSONScanner {
    private let text: [UInt8]
    private var at = 0

    init(_ text: [UInt8]) { self.text = text }

    var peek: UInt8? { at < text.count ? text[at] : nil }

    func malformed(_ what: String) -> JSONObject.Malformed {
        JSONObject.Malformed(description: at >= text.count ? "it ends early" : "\(what) at byte \(at)")
    }

    mutating func skipSpace() throws(JSONObject.Malformed) {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
    }

    private mutating func take(_ byte: UInt8, _ what: String) throws(JSONObject.Malformed) {
        guard peek == byte else { throw malformed(what) }
        at += 1
    }

    typealias OnMember = (_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void

    mutating func object(depth: Int, _ member: OnMember = { _, _ in }) throws(JSONObject.Malformed) {
        try sequence(from: 0x7B, to: 0x7D) { scanner throws(JSONObject.Malformed) in
            let key = try scanner.string()
            try scanner.skipSpace()
            try scanner.take(0x3A, "no colon")
            try scanner.skipSpace()
            member(key, try scanner.value(depth: depth + 1))
        }
    }

    /// Opening byte, items with commas between them, closing byte.
    private mutating func sequence(
        from opening: UInt8, to closing: UInt8,
        item: (inout JSONScanner) throws(JSONObject.Malformed) -> Void
    ) throws(JSONObject.Malformed) {
        try take(opening, "no opening bracket")
        try skipSpace()
        if peek == closing {
            at += 1
            return
        }
        while true {
            try item(&self)
            try skipSpace()
            if peek == closing { break }
            try take(0x2C, "no comma")
            try skipSpace()
        }
        at += 1
    }

    /// One value; its text.
    private mutating func value(depth: Int) throws(JSONObject.Malformed) -> ArraySlice<UInt8> {
        guard depth <= JSONObject.depthLimit else { throw malformed("nested too deep") }
        let start = at
        switch peek {
        case 0x7B: try object(depth: depth)
        case 0x5B:
            try sequence(from: 0x5B, to: 0x5D) { scanner throws(JSONObject.Malformed) in
                _ = try scanner.value(depth: depth + 1)
            }
        case 0x22: _ = try string()
        case 0x74: try word("true")
        case 0x66: try word("false")
        case 0x6E: try word("null")
        default: try number()
        }
        return text[start..<at]
    }

    private mutating func word(_ word: StaticString) throws(JSONObject.Malformed) {
        let matches = word.withUTF8Buffer { text[at...].starts(with: $0) }
        guard matches else { throw malformed("an unknown word") }
        at += word.utf8CodeUnitCount
    }

    private mutating func digits() throws(JSONObject.Malformed) {
        let start = at
        while let byte = peek, (0x30...0x39).contains(byte) { at += 1 }
        guard at > start else { throw malformed("no digit") }
    }

    private mutating func number() throws(JSONObject.Malformed) {
        if peek == 0x2D { at += 1 }
        let leadingZero = peek == 0x30
        let start = at
        try digits()
        guard !leadingZero || at == start + 1 else { throw malformed("a number with a leading zero") }
        if peek == 0x2E {
            at += 1
            try digits()
        }
        if peek == 0x65 || peek == 0x45 {
            at += 1
            if peek == 0x2B || peek == 0x2D { at += 1 }
            try digits()
        }
    }

    /// A string with its quotes.
    private mutating func string() throws(JSONObject.Malformed) -> ArraySlice<UInt8> {
        let start = at
        try take(0x22, "no quote")
        while let byte = peek, byte != 0x22 {
            guard byte >= 0x20 else { throw malformed("a control character in a string") }
            at += 1
            if byte == 0x5C { try escape() }
        }
        try take(0x22, "no closing quote")
        return text[start..<at]
    }

    private mutating func escape() throws(JSONObject.Malformed) {
        guard let byte = peek else { throw malformed("an escape") }
        if byte == 0x75 {
            guard text[(at + 1)...].prefix(4).allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                at + 4 < text.count
            else { throw malformed("an unknown escape") }
            at += 5
        } else {
            guard "\"\\/bfnrt".utf8.contains(byte) else { throw malformed("an unknown escape") }
            at += 1
        }
    }

    /// The text of a well-formed string, quotes and escapes undone. What is no Unicode becomes
    /// U+FFFD, as Go's decoder has it.
    static func decoded(_ quoted: ArraySlice<UInt8>) -> String {
        let inside = quoted.dropFirst().dropLast()
        if !inside.contains(0x5C) { return String(decoding: inside, as: UTF8.self) }
        var units: [UInt16] = []
        var plain: [UInt8] = []
        var rest = inside
        func flush() {
            units += String(decoding: plain, as: UTF8.self).utf16
            plain = []
        }
        while let byte = rest.popFirst() {
            guard byte == 0x5C, let kind = rest.popFirst() else {
                plain.append(byte)
                continue
            }
            switch kind {
            case 0x62: plain.append(0x08)
            case 0x66: plain.append(0x0C)
            case 0x6E: plain.append(0x0A)
            case 0x72: plain.append(0x0D)
            case 0x74: plain.append(0x09)
            case 0x75:
                flush()
                units.append(UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? 0xFFFD)
                rest = rest.dropFirst(4)
            default: plain.append(kind)
            }
        }
        flush()
        return String(decoding: units, as: UTF16.self)
    }
}
