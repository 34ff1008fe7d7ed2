// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// Small files are read whole or not at all, and nothing someone put there holds the reader up.
@Suite struct ReadFileTests {
    @Test func limit() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                "cd \(scratch.root); head -c 1000 /dev/zero > f; head -c 200000 /dev/zero > big; touch empty")
            let root = try Directory(path: scratch.rootPath)
            let file = EntryName("f")
            let exact = try root.readFile(file, limit: 1000)
            #expect(exact == [UInt8](repeating: 0, count: 1000))
            let over = failure { _ = try root.readFile(file, limit: 999) }
            #expect(over == .fileTooLarge)
            let big = try root.readFile(EntryName("big"), limit: 200_000)
            #expect(big.count == 200_000)
            let overBig = failure { _ = try root.readFile(EntryName("big"), limit: 199_999) }
            #expect(overBig == .fileTooLarge)
            let empty = try root.readFile(EntryName("empty"), limit: 0)
            #expect(empty.isEmpty)
        }
    }

    /// Opening a FIFO without O_NONBLOCK would wait for a writer for ever.
    @Test func aFIFODoesNotHang() async throws {
        try await withScratch { scratch in
            try await Shell.bash("mkfifo \(scratch.root)/fifo")
            let root = try Directory(path: scratch.rootPath)
            let content = try? root.readFile(EntryName("fifo"), limit: 100)
            #expect(content == nil || content == [])
            // With a writer that says nothing, read(2) would wait.
            try await withHolder(scratch, "exec 5<> root/fifo") { _ in
                let answer = failure { _ = try root.readFile(EntryName("fifo"), limit: 100) }
                #expect(answer == .resourceTemporarilyUnavailable || answer == .wouldBlock)
            }
        }
    }

    @Test func noLinkNoMountNoDirectory() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); echo secret > ../outside; ln -s ../outside link; touch bound
                mount --bind ../outside bound; mkdir dir
                """)
            let root = try Directory(path: scratch.rootPath)
            let expected: [(String, Errno)] = [
                ("link", .tooManySymbolicLinkLevels), ("bound", .improperLink), ("dir", .isDirectory),
                ("absent", .noSuchFileOrDirectory),
            ]
            for (name, errno) in expected {
                let answer = failure { _ = try root.readFile(EntryName(test: name), limit: 100) }
                #expect(answer == errno, "\(name)")
            }
        }
    }

    @Test func configurationFollowsLinks() async throws {
        try await withScratch { scratch in
            try await Shell.bash("cd \(scratch.root); echo text > real; ln -s real link")
            let text = try contents(of: scratch.rootPath.appending("link"), limit: 100)
            #expect(text == Array("text\n".utf8))
            let absent = failure { _ = try contents(of: scratch.rootPath.appending("absent"), limit: 100) }
            #expect(absent == .noSuchFileOrDirectory)
        }
    }
}
