// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

@Suite struct EntryNameTests {
    @Test(arguments: [
        "", ".", "..", "/", "a/b", "/a", "a/", "../x", "a\u{0}", "\u{0}", String(repeating: "a", count: 256),
        String(repeating: "é", count: 128),
    ])
    func refusesWhatIsNoName(text: String) {
        #expect(EntryName(bytes: text.utf8) == nil)
    }

    @Test(arguments: [
        "a", "...", ".a", "..a", "a.", " ", "\n", "é", "metadata.json", String(repeating: "a", count: 255),
    ])
    func keepsTheBytesOfAName(text: String) throws {
        let name = try #require(EntryName(bytes: text.utf8))
        #expect(Array(name.bytes) == Array(text.utf8))
        #expect(name.cString.last == 0)
        #expect(name.cString.count == text.utf8.count + 1)
    }

    @Test func anyByteButNULAndSlashMakesAName() {
        for byte in UInt8.min...UInt8.max {
            let name = EntryName(bytes: [byte, byte, byte])
            #expect((name == nil) == (byte == 0 || byte == 0x2F), "byte \(byte)")
            #expect(name == nil || name.map { Array($0.bytes) } == [byte, byte, byte], "byte \(byte)")
        }
    }

    @Test func aNameOfOursIsTheSameHoweverItIsSpelled() {
        #expect(EntryName("workdir") == EntryName(bytes: "workdir".utf8))
        #expect(EntryName(prefix: EntryName("trash."), number: 17) == EntryName("trash.17"))
        #expect(EntryName("trash.17").hasPrefix(EntryName("trash.")))
        #expect(EntryName("trash.").hasPrefix(EntryName("trash.")))
        #expect(!EntryName("trash").hasPrefix(EntryName("trash.")))
        #expect(!EntryName("Trash.1").hasPrefix(EntryName("trash.")))
    }

    @Test func sortsByUnsignedBytes() throws {
        let names = try [[0xFF], [0x61], [0x61, 0x62], [0x7F], [0x80]].map { try #require(EntryName(bytes: $0)) }
        #expect(names.sorted().map { Array($0.bytes) } == [[0x61], [0x61, 0x62], [0x7F], [0x80], [0xFF]])
    }

    @Test(arguments: ["", "plain", "with space", "é", "𝄞", "日本語", "a\\b", "\"quoted\"", "a\u{A0}b", "🐳"])
    func printableTextIsShownAsItIs(text: String) {
        #expect(shown(text.utf8) == text)
    }

    /// What moves a cursor, forges a line or turns the text around is spelled out.
    @Test(arguments: [
        ("a\nb", #"a\x0ab"#),
        ("a\rb", #"a\x0db"#),
        ("a\tb", #"a\x09b"#),
        ("\u{1B}[2J", #"\x1b[2J"#),
        ("\u{0}", #"\x00"#),
        ("\u{7F}", #"\x7f"#),
        ("a\u{85}b", #"a\xc2\x85b"#),
        ("a\u{9B}b", #"a\xc2\x9bb"#),
        ("a\u{202E}b", #"a\xe2\x80\xaeb"#),
        ("a\u{2066}b", #"a\xe2\x81\xa6b"#),
        ("a\u{200F}b", #"a\xe2\x80\x8fb"#),
        ("a\u{2028}b", #"a\xe2\x80\xa8b"#),
        ("a\u{2029}b", #"a\xe2\x80\xa9b"#),
        ("\u{FEFF}a", #"\xef\xbb\xbfa"#),
        ("a\u{E000}b", #"a\xee\x80\x80b"#),
    ])
    func whatIsNotPrintableIsSpelledOut(text: String, line: String) {
        #expect(shown(text.utf8) == line)
        #expect(EntryName(bytes: text.utf8)?.description ?? line == line)
    }

    @Test(
        arguments: [
            ([0xFF], #"\xff"#),
            ([0x61, 0xC3], #"a\xc3"#),
            ([0xC3, 0xA9, 0xFF], #"\xc3\xa9\xff"#),
            ([0xED, 0xA0, 0x80], #"\xed\xa0\x80"#),
            ([0xC0, 0xAF], #"\xc0\xaf"#),
            ([0xF5, 0x80, 0x80, 0x80], #"\xf5\x80\x80\x80"#),
        ] as [([UInt8], String)])
    func whatIsNotUTF8IsSpelledOut(bytes: [UInt8], line: String) {
        #expect(shown(bytes) == line)
    }

    @Test func noByteReachesATerminalAsAControl() {
        for byte in UInt8.min...UInt8.max {
            #expect(shown([0x61, byte]).unicodeScalars.allSatisfy { (0x20..<0x7F).contains($0.value) }, "byte \(byte)")
        }
    }
}
