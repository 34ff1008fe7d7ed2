// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import SystemPackage
import Testing

@Suite struct ConfigurationTests {
    private static let main: FilePath = "/etc/overlayd/overlayd.conf"

    /// The files in the order given, as overlayd.conf and then its drop-ins by name.
    private func read(_ texts: String...) throws -> Configuration {
        var configuration = Configuration()
        for (number, text) in texts.enumerated() {
            let file: FilePath = number == 0 ? Self.main : FilePath("/etc/overlayd/overlayd.conf.d/\(number)0.conf")
            try configuration.read(Array(text.utf8), file: file)
        }
        return configuration
    }

    @Test func defaultsHoldWithoutAFile() throws {
        #expect(Configuration().volumeRoots == ["/var/lib/overlayd/volumes"])
        #expect(Configuration().warnings.isEmpty)
        #expect(try read("") == Configuration())
        #expect(try read("[Volumes]\n#Root=/srv\n") == Configuration())
        #expect(Configuration.path == Self.main)
    }

    @Test func rootsAddUp() throws {
        let configuration = try read("[Volumes]\nRoot=/a\nRoot=/b/c\n")
        #expect(configuration.volumeRoots == ["/a", "/b/c"])
        #expect(configuration.warnings.isEmpty)
    }

    @Test func aRootGivenTwiceIsOne() throws {
        #expect(try read("[Volumes]\nRoot=/a\nRoot=/b\nRoot=/a/\nRoot=//a\n").volumeRoots == ["/a", "/b"])
    }

    @Test func anEmptyValueForgetsThoseBefore() throws {
        #expect(try read("[Volumes]\nRoot=/a\nRoot=\nRoot=/b\n").volumeRoots == ["/b"])
        #expect(try read("[Volumes]\nRoot=/a\nRoot=\n").volumeRoots == ["/var/lib/overlayd/volumes"])
        #expect(try read("[Volumes]\nRoot=/a\nRoot= \t\nRoot=/a\n").volumeRoots == ["/a"])
    }

    @Test func laterFilesComeAfterEarlierOnes() throws {
        #expect(try read("[Volumes]\nRoot=/a\n", "[Volumes]\nRoot=/b\n").volumeRoots == ["/a", "/b"])
        #expect(try read("[Volumes]\nRoot=/b\n", "[Volumes]\nRoot=/a\n").volumeRoots == ["/b", "/a"])
        #expect(
            try read("[Volumes]\nRoot=/a\n", "[Volumes]\nRoot=\nRoot=/b\n", "[Volumes]\nRoot=/c\n").volumeRoots
                == ["/b", "/c"])
    }

    @Test func sectionsDoNotReachIntoTheNextFile() {
        #expect(throws: ConfigurationError.self) { try read("[Volumes]\n", "Root=/b\n") }
    }

    @Test func unknownKeysWarn() throws {
        let configuration = try read(
            "[Volumes]\nRoot=/a\nroot=/b\n\n[Future]\nKey=1\n", "[Volumes]\n# c\nDriver=x\n")
        #expect(configuration.volumeRoots == ["/a"])
        #expect(
            configuration.warnings == [
                "/etc/overlayd/overlayd.conf:3: [Volumes] root= is not known and has no effect",
                "/etc/overlayd/overlayd.conf:6: [Future] Key= is not known and has no effect",
                "/etc/overlayd/overlayd.conf.d/10.conf:3: [Volumes] Driver= is not known and has no effect",
            ])
    }

    @Test func sectionsOfOthersArePassedOver() throws {
        #expect(try read("[X-Site]\nRoot=relative\nAnything=1\n[X-]\nx=\n") == Configuration())
    }

    @Test func warningsHoldNoControlCharacters() throws {
        let configuration = try read("[A\u{1B}[2J]\nb\u{7}=1\n")
        #expect(configuration.warnings.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    }

    @Test(arguments: ["relative", "./a", "/", "//", "/a/..", "/a/../b", "/..", "/a/./b", "~/a", "\"/a\""])
    func aRootThatCannotBeMeantIsRefused(root: String) {
        let error = #expect(throws: ConfigurationError.self) { try read("[Volumes]\n# c\nRoot=/a\nRoot=\(root)\n") }
        #expect(error?.line == 4)
        #expect(
            error?.description == "/etc/overlayd/overlayd.conf:4: Root= wants the absolute path of a directory,"
                + " not \"\(root)\"")
    }

    @Test func anErrorNamesTheFileItIsIn() {
        let error = #expect(throws: ConfigurationError.self) { try read("[Volumes]\n", "[Volumes]\nRoot=x\u{9B}\n") }
        #expect(
            error?.description == "/etc/overlayd/overlayd.conf.d/10.conf:2: Root= wants the absolute path of a"
                + " directory, not \"x\\xc2\\x9b\"")
    }

    @Test(arguments: [
        ("/a", "/a"), ("/a/", "/a"), ("//a//b", "/a/b"), ("/a b", "/a b"), ("/...", "/..."), ("/.a", "/.a"),
    ])
    func rootsOfAPerson(text: String, path: String) {
        #expect(Configuration.root(Array(text.utf8)) == FilePath(path))
    }

    @Test func aRootIsAnyBytesButNUL() {
        #expect(Configuration.root([0x2F, 0xE9])?.bytes == [0x2F, 0xE9])
        #expect(Configuration.root([0x2F, 0x61, 0x00]) == nil)
        #expect(Configuration.root([]) == nil)
    }
}
