// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// Names lead down, one at a time: never through a link, never across a mount, never over something.
@Suite struct DirectoryTests {
    private static let x = EntryName("x")
    private static let y = EntryName("y")

    /// xfs and btrfs take any byte too; 255 bytes is everyone's limit.
    @Test(arguments: FileSystem.allCases) func namesAreBytes(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            let names: [[UInt8]] = [
                [0xFF, 0xFE, 0x80], Array("new\nline".utf8), Array("a b\\c,d:e".utf8), [0x2E, 0x2E, 0x2E], [0x01],
                [0xE2, 0x80, 0xAE], [UInt8](repeating: 0xC3, count: 255), [UInt8](repeating: 0x61, count: 255),
            ]
            let root = try Directory(path: scratch.rootPath)
            for name in names { try root.make(EntryName(test: name), mode: 0o700) }
            var buffer = EntryBuffer()
            var seen: Set<[UInt8]> = []
            // btrfs lists what was there when the directory was opened or rewound.
            try root.rewind()
            try root.forEachEntry(&buffer) { entry in
                seen.insert(Array(entry.nameBytes))
                return true
            }
            #expect(seen == Set(names))
            for name in names {
                let opened = failure { _ = try root.open(EntryName(test: name)) }
                #expect(opened == nil, "\(shown(name))")
                try root.removeEmptyDirectory(EntryName(test: name))
            }
            let empty = try root.isEmpty()
            #expect(empty)
        }
    }

    @Test func aListingSpansManyReads() async throws {
        try await withScratch { scratch in
            try await Shell.bash("cd \(scratch.root); seq 1 3000 | xargs touch")
            let root = try Directory(path: scratch.rootPath)
            var buffer = EntryBuffer(size: 0)
            var seen: Set<EntryName> = []
            try root.forEachEntry(&buffer) { entry in
                if let name = entry.name { seen.insert(name) }
                return true
            }
            #expect(seen.count == 3000)
            var again = 0
            try root.rewind()
            try root.forEachEntry(&buffer) { _ in
                again += 1
                return again < 5
            }
            #expect(again == 5)
        }
    }

    @Test func whatOpenRefuses() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir real bound own; ln -s real link; ln -s nowhere dangling; touch file
                mkfifo fifo; mount --bind real bound; mount -t tmpfs own own
                """)
            let root = try Directory(path: scratch.rootPath)
            let expected: [(String, Errno?)] = [
                ("real", nil), ("link", .notDirectory), ("dangling", .notDirectory),
                ("file", .notDirectory), ("fifo", .notDirectory), ("absent", .noSuchFileOrDirectory),
                ("bound", .improperLink), ("own", .improperLink),
            ]
            for (name, errno) in expected {
                let answer = failure { _ = try root.open(EntryName(test: name)) }
                #expect(answer == errno, "\(name)")
            }
            let top = failure { _ = try Directory(path: scratch.rootPath.appending("link")) }
            #expect(top == .notDirectory)
            let within = failure { _ = try Directory(path: scratch.rootPath.appending("link/.")) }
            #expect(within == nil, "links on the way are the administrator's")
        }
    }

    @Test(arguments: FileSystem.allCases) func renameReplacesNothing(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await Shell.bash("cd \(scratch.root); mkdir x y; echo mine > file; echo theirs > other")
            let root = try Directory(path: scratch.rootPath)
            // rename(2) itself would replace both.
            let ontoEmpty = failure { try root.rename(Self.x, to: Self.y) }
            #expect(ontoEmpty == .fileExists)
            let ontoFile = failure { try root.rename(EntryName("file"), to: EntryName("other")) }
            #expect(ontoFile == .fileExists)
            let fromNothing = failure { try root.rename(EntryName("absent"), to: EntryName("new")) }
            #expect(fromNothing == .noSuchFileOrDirectory)
            let y = try root.open(Self.y)
            try root.rename(EntryName("file"), into: y, as: Self.x)
            #expect(try await Shell.bash("cat \(scratch.root)/y/x \(scratch.root)/other") == "mine\ntheirs\n")
        }
    }

    @Test(arguments: FileSystem.allCases) func exchange(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await Shell.bash("cd \(scratch.root); mkdir x y; touch x/old; touch y/new")
            let root = try Directory(path: scratch.rootPath)
            try root.exchange(Self.x, Self.y)
            #expect(try await Shell.bash("cd \(scratch.root); echo x/* y/*") == "x/new y/old\n")
            let withNothing = failure { try root.exchange(Self.x, EntryName("absent")) }
            #expect(withNothing == .noSuchFileOrDirectory)
        }
    }
}
