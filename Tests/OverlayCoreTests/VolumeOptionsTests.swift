// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

@Suite struct VolumeOptionsTests {
    private func metadata(_ options: [(String, String)]) throws -> VolumeMetadata {
        try VolumeOptions.metadata(from: options.map { (key: $0.0, value: Array($0.1.utf8)) })
    }

    @Test(arguments: [
        ("true", true), ("yes", true), ("TRUE", true), ("Yes", true), ("yEs", true),
        ("false", false), ("no", false), ("False", false), ("NO", false),
    ])
    func volatileIsOneOfFourWords(word: String, volatile: Bool) throws {
        let expected = VolumeMetadata(base: Array("/b".utf8), volatile: volatile)
        #expect(try metadata([("base", "/b"), ("volatile", word)]) == expected)
        #expect(try metadata([("volatile", word), ("base", "/b")]) == expected)
    }

    @Test func volatileIsFalseWhenNotGiven() throws {
        #expect(try !metadata([("base", "/b")]).volatile)
    }

    /// docker-on-top refuses commas and colons, and mounts another directory than the one with a backslash.
    @Test(arguments: ["/", "/a b", "/a,b", "/a:b", #"/ba\se"#, "/é", "/a\nb", "/a/../b/"])
    func aBaseIsKeptToTheByte(base: String) throws {
        #expect(try metadata([("base", base)]).base == Array(base.utf8))
    }

    @Test func aBaseNeedNotBeUTF8() throws {
        #expect(try VolumeOptions.metadata(from: [(key: "base", value: [0x2F, 0xE9])]).base == [0x2F, 0xE9])
    }

    @Test(
        arguments: [
            ([], VolumeOptions.Fault.baseMissing),
            ([("volatile", "yes")], .baseMissing),
            ([("base", "")], .baseMissing),
            ([("base", "b")], .baseRelative),
            ([("base", " /b")], .baseRelative),
            ([("base", "./b")], .baseRelative),
            ([("base", "/b\u{0}")], .baseWithNUL),
            ([("base", "/" + String(repeating: "b", count: 4095))], .baseTooLong),
            ([("base", "/b"), ("volatile", "")], .volatileUnclear),
            ([("base", "/b"), ("volatile", "1")], .volatileUnclear),
            ([("base", "/b"), ("volatile", "true ")], .volatileUnclear),
            ([("base", "/b"), ("Base", "/c")], .unknown("Base")),
            ([("base", "/b"), ("", "x")], .unknown("")),
            ([("a\u{1B}", "x")], .unknown(#"a\x1b"#)),
        ] as [([(String, String)], VolumeOptions.Fault)])
    func refuses(options: [(String, String)], fault: VolumeOptions.Fault) {
        #expect(throws: fault) { try metadata(options) }
    }

    @Test func theLongestBaseIsTaken() throws {
        #expect(try metadata([("base", "/" + String(repeating: "b", count: 4094))]).base.count == 4095)
    }

    /// docker-on-top's, to the letter, but for the two that it has not.
    @Test(arguments: [
        (VolumeOptions.Fault.unknown("x"), "Invalid option x"),
        (
            .baseMissing,
            "`base` option must be provided and set to an absolute path to the base directory on host"
        ),
        (.baseRelative, "`base` must be an absolute path"),
        (.baseWithNUL, "`base` cannot contain a NUL byte"),
        (.baseTooLong, "`base` is longer than 4095 bytes, which no path can be"),
        (.volatileUnclear, "option `volatile` must be either 'true', 'false', 'yes', or 'no'"),
    ])
    func saysWhatIsWrong(fault: VolumeOptions.Fault, text: String) {
        #expect(fault.description == text)
    }
}
