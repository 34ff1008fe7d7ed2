// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

@Suite struct VolumeNameTests {
    @Test(arguments: [
        "a", "Z", "0", "volume", "my-volume_1.2", "a.", "a..b", "a-", "1_", "A1b2", String(repeating: "x", count: 255),
    ])
    func accepts(name: String) throws {
        let volume = try VolumeName(validating: name.utf8)
        #expect(volume.description == name)
        #expect(Array(volume.entry.bytes) == Array(name.utf8))
        #expect(EntryName(bytes: name.utf8).flatMap { VolumeName($0) } == volume)
    }

    @Test(arguments: [
        "", ".", "..", ".hidden", "-a", "_a", "a b", "a\n", "\na", "a\u{0}", "é", "ae\u{301}", "a,b", "a:b", "a\\b",
        "lost+found", "a*", "a@b", "ａ", "a\u{202E}",
    ])
    func refusesIllegalNames(name: String) {
        #expect(throws: VolumeName.NameError.illegal) { try VolumeName(validating: name.utf8) }
        #expect(EntryName(bytes: name.utf8).flatMap { VolumeName($0) } == nil)
    }

    @Test(arguments: ["/", "a/b", "../victim", "/etc", "a/", " /", "\u{0}/"])
    func refusesSlashesFirst(name: String) {
        #expect(throws: VolumeName.NameError.slash) { try VolumeName(validating: name.utf8) }
    }

    @Test func refusesWhatNoDirectoryCanBeCalled() {
        let long = String(repeating: "x", count: 256)
        #expect(throws: VolumeName.NameError.tooLong) { try VolumeName(validating: long.utf8) }
        #expect(throws: VolumeName.NameError.illegal) { try VolumeName(validating: (long + "!").utf8) }
    }

    @Test func refusesEveryByteOutsideTheRule() throws {
        let legal = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-".utf8)
        let leading = legal.subtracting("_.-".utf8)
        for byte in UInt8.min...UInt8.max {
            let follows = (try? VolumeName(validating: [0x61, byte])) != nil
            let leads = (try? VolumeName(validating: [byte, 0x61])) != nil
            #expect(follows == legal.contains(byte), "byte \(byte)")
            #expect(leads == leading.contains(byte), "byte \(byte)")
        }
    }

    /// Two of the three are docker-on-top's, to the letter: scripts look for them.
    @Test(arguments: [
        (
            VolumeName.NameError.slash,
            "volume name cannot contain slashes (for specifying host path use `-o base=/path/to/base/directory`)"
        ),
        (.illegal, #"volume name contains illegal characters: it should comply to "[a-zA-Z0-9][a-zA-Z0-9_.-]*""#),
        (.tooLong, "volume name is too long: at most 255 bytes"),
    ])
    func theTextsOfDockerOnTop(error: VolumeName.NameError, text: String) {
        #expect(error.description == text)
        #expect("\(error)" == text)
    }

    @Test func sortsByBytes() throws {
        let names = try ["b", "a", "B", "a.", "a-", "10", "9"].map { try VolumeName(validating: $0.utf8) }
        #expect(names.sorted().map(\.description) == ["10", "9", "B", "a", "a-", "a.", "b"])
    }
}
