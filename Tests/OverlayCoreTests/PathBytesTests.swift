// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import SystemPackage
import Testing

@Suite struct PathBytesTests {
    @Test(arguments: ["", "/", "/a", "/a/b", "a", "../a", "/a b", "/é", "/a\nb", "/a\\b"])
    func bytesComeBackAsTheyWere(text: String) throws {
        let path = try #require(FilePath(bytes: text.utf8))
        #expect(path.bytes == Array(text.utf8))
        #expect(path == FilePath(text))
    }

    @Test func bytesNeedNotBeUTF8() throws {
        for byte in UInt8(1)...255 where byte != 0x2F {
            let bytes: [UInt8] = [0x2F, 0x61, byte, 0x62]
            #expect(FilePath(bytes: bytes)?.bytes == bytes, "byte \(byte)")
        }
    }

    @Test(arguments: [[0x00], [0x2F, 0x00], [0x00, 0x2F], [0x2F, 0x61, 0x00, 0x62]] as [[UInt8]])
    func aNULIsNoPath(bytes: [UInt8]) {
        #expect(FilePath(bytes: bytes) == nil)
    }

    /// FilePath does so by itself; comparisons of roots lean on it.
    @Test(arguments: [("/a/", "/a"), ("//a", "/a"), ("/a//b///", "/a/b")])
    func slashesTooManyAreDropped(text: String, path: String) {
        #expect(FilePath(bytes: text.utf8)?.bytes == Array(path.utf8))
    }

    @Test(arguments: [
        ("/a b/é", "/a b/é"),
        ("/a\u{1B}[2J", #"/a\x1b[2J"#),
        ("/a\u{202E}b", #"/a\xe2\x80\xaeb"#),
    ])
    func shownWithoutControls(text: String, line: String) {
        #expect(FilePath(bytes: text.utf8)?.shown == line)
    }

    @Test func shownWithoutInvalidUTF8() {
        #expect(FilePath(bytes: [0x2F, 0xE9])?.shown == #"/\xe9"#)
    }
}
