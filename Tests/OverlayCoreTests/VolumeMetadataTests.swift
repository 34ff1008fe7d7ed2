// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

@Suite struct VolumeMetadataTests {
    private static let latin1Base = Array("/srv/caf".utf8) + [0xE9]
    private static let badBytes = "BaseDirPathBytes is not an absolute path in hexadecimal"

    /// As docker-on-top wrote them, and as it would read ours.
    @Test(arguments: [
        (#"{"BaseDirPath":"/srv/base","Volatile":false}"#, "/srv/base", false),
        (#"{"BaseDirPath":"/","Volatile":true}"#, "/", true),
        (#"{"BaseDirPath":"/srv/a b/ba\\se/\"q\"/é","Volatile":false}"#, "/srv/a b/ba\\se/\"q\"/é", false),
    ])
    func theTextOfDockerOnTopRoundTrips(text: String, base: String, volatile: Bool) throws {
        let metadata = try VolumeMetadata(parsing: Array(text.utf8))
        #expect(metadata == VolumeMetadata(base: Array(base.utf8), volatile: volatile))
        #expect(String(decoding: metadata.text, as: UTF8.self) == text)
    }

    /// Go escapes more than it must; the path is the same.
    @Test func whatGoEscapesIsReadAlike() throws {
        let text = #"{"BaseDirPath":"/srv/a\u0026b\u003c\u003e\u2028","Volatile":false}"#
        let metadata = try VolumeMetadata(parsing: Array(text.utf8))
        #expect(metadata.base == Array("/srv/a&b<>\u{2028}".utf8))
        #expect(try VolumeMetadata(parsing: metadata.text) == metadata)
    }

    @Test func aBaseThatIsNotUTF8StandsInHexadecimal() throws {
        let metadata = VolumeMetadata(base: Self.latin1Base, volatile: true)
        let text =
            "{\"BaseDirPath\":\"/srv/caf\u{FFFD}\",\"Volatile\":true,\"BaseDirPathBytes\":\"2f7372762f636166e9\"}"
        #expect(String(decoding: metadata.text, as: UTF8.self) == text)
        #expect(try VolumeMetadata(parsing: metadata.text) == metadata)
    }

    @Test func everyByteButNULSurvives() throws {
        for byte in UInt8(1)...255 {
            let metadata = VolumeMetadata(base: [0x2F, byte, 0x2F, byte], volatile: false)
            #expect(try VolumeMetadata(parsing: metadata.text) == metadata, "byte \(byte)")
        }
    }

    @Test(arguments: [
        #"{"basedirpath":"/b"}"#, #"{"BASEDIRPATH":"/b","volatile":false,"Created":{"by":[1]}}"#,
        " {\n \"BaseDirPath\" : \"/b\" }\n", #"{"BaseDirPath":"/a","BaseDirPath":"/b"}"#,
        #"{"BaseDirPath":"\u002fb","BaseDirPathBytes":"2F62"}"#,
    ])
    func readsWhatMeansTheSame(text: String) throws {
        #expect(try VolumeMetadata(parsing: Array(text.utf8)) == VolumeMetadata(base: [0x2F, 0x62], volatile: false))
    }

    @Test(arguments: [
        ("", "it is empty"),
        ("{}", "BaseDirPath is not an absolute path"),
        (#"{"BaseDirPath":"srv/base","Volatile":false}"#, "BaseDirPath is not an absolute path"),
        (#"{"BaseDirPath":"","Volatile":false}"#, "BaseDirPath is not an absolute path"),
        (#"{"BaseDirPath":null}"#, "BaseDirPath is not an absolute path"),
        (#"{"BaseDirPath":["/b"]}"#, "BaseDirPath is not an absolute path"),
        (#"{"BaseDirPath":"/b\u0000c"}"#, "BaseDirPath holds a NUL"),
        (#"{"BaseDirPath":"/b","Volatile":"yes"}"#, "Volatile is neither true nor false"),
        (#"{"BaseDirPath":"/b","Volatile":0}"#, "Volatile is neither true nor false"),
        (#"{"BaseDirPath":"/b","BaseDirPathBytes":"2f6"}"#, badBytes),
        (#"{"BaseDirPath":"/b","BaseDirPathBytes":"2f6g"}"#, badBytes),
        (#"{"BaseDirPath":"/b","BaseDirPathBytes":"2f0062"}"#, badBytes),
        (#"{"BaseDirPath":"/b","BaseDirPathBytes":"62"}"#, badBytes),
        (#"{"BaseDirPath":"/b","BaseDirPathBytes":""}"#, badBytes),
    ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: JSONObject.Malformed.self) { try VolumeMetadata(parsing: Array(text.utf8)) }
        #expect(error?.description == reason)
    }

    /// A replacement character in the path is a guess; with the bytes in doubt it must not be mounted.
    @Test(arguments: [
        "{\"BaseDirPath\":\"/srv/caf\u{FFFD}\",\"BaseDirPathBytes\":5}",
        #"{"BaseDirPath":"/srv/other","BaseDirPathBytes":"2f7372762f636166e9"}"#,
    ])
    func bytesThatContradictThePathAreRefused(text: String) {
        #expect(throws: JSONObject.Malformed.self) { try VolumeMetadata(parsing: Array(text.utf8)) }
    }

    @Test(arguments: [
        VolumeMetadata(base: Array("/srv/base".utf8), volatile: false),
        VolumeMetadata(base: latin1Base, volatile: true),
    ])
    func halfAFileIsRefused(metadata: VolumeMetadata) {
        for length in 0..<metadata.text.count {
            #expect(throws: JSONObject.Malformed.self, "cut at \(length)") {
                try VolumeMetadata(parsing: Array(metadata.text.prefix(length)))
            }
        }
    }

    /// Whatever is read can be written, and reads back the same; nothing makes the reader trap.
    @Test func mutatedTextsAreReadOrRefused() {
        var random = Seeded(0x6F76_6572_6C61_7964)
        let texts = [
            VolumeMetadata(base: Array("/srv/base".utf8), volatile: false).text,
            VolumeMetadata(base: Self.latin1Base, volatile: true).text,
            Array(#"{"BaseDirPath":"/\u00e9\ud834\udd1e\n","Volatile":true,"x":[1.5e3,{"y":null}]}"#.utf8),
        ]
        let alphabet = Array(#"{}[]":,\u0eE+-.1tfn/ "#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
        var failures: [[UInt8]] = []
        var readable = 0
        for round in 0..<10_000 {
            let text = random.mutation(of: texts[round % texts.count], alphabet: alphabet)
            guard let metadata = try? VolumeMetadata(parsing: text) else { continue }
            readable += 1
            if (try? VolumeMetadata(parsing: metadata.text)) != metadata { failures.append(text) }
        }
        #expect(failures.isEmpty)
        #expect((500...9500).contains(readable), "the mutations are too wild or too tame")
    }
}
