// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// What an open directory knows of itself and its names, and the lock on it.
@Suite struct DirectoryStateTests {
    @Test func lockExcludes() async throws {
        try await withScratch { scratch in
            let flock = "flock --nonblock \(scratch.root) true"
            do {
                let first = try Directory(path: scratch.rootPath)
                let second = try Directory(path: scratch.rootPath)
                let locked = try first.tryLock()
                #expect(locked)
                let again = try first.tryLock()
                #expect(again, "the same open directory may ask again")
                let other = try second.tryLock()
                #expect(!other)
                #expect(try await Shell.run("/bin/bash", ["-c", flock]).status == 1)
                withExtendedLifetime(first) {}
            }
            #expect(try await Shell.run("/bin/bash", ["-c", flock]).status == 0)
            try await withHolder(scratch, "exec 5< \(scratch.root); flock 5") { _ in
                let locked = try Directory(path: scratch.rootPath).tryLock()
                #expect(!locked)
            }
            let locked = try Directory(path: scratch.rootPath).tryLock()
            #expect(locked)
        }
    }

    @Test func currentPathFollowsRenames() async throws {
        try await withScratch { scratch in
            let root = try Directory(path: scratch.rootPath)
            let odd = EntryName(test: [0x61, 0xFF, 0x0A])
            try root.make(EntryName("x"), mode: 0o700)
            let x = try root.open(EntryName("x"))
            try root.rename(EntryName("x"), to: odd)
            let path = try x.currentPath()
            #expect(path == Array("\(scratch.root)/".utf8) + odd.bytes)
        }
    }

    @Test func statusTellsAndDoesNotFollow() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir dir mnt; touch file; ln -s /etc link; mkfifo fifo; mknod dev c 1 3
                perl <<'P'
                use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un("socket")) or die;
                P
                chown 12:34 file; chmod 4750 file; mount -t tmpfs own mnt
                """)
            let root = try Directory(path: scratch.rootPath)
            let kinds: [(String, FileKind)] = [
                ("dir", .directory), ("file", .file), ("link", .symbolicLink), ("fifo", .fifo), ("dev", .device),
                ("socket", .socket), ("mnt", .directory),
            ]
            for (name, kind) in kinds {
                let status = try root.status(of: EntryName(test: name))
                #expect(status.kind == kind, "\(name)")
                #expect(status.isMountRoot == (name == "mnt"), "\(name)")
            }
            let file = try root.status(of: EntryName("file"))
            #expect(file.permissions == 0o4750)
            #expect(file.owner == 12)
            #expect(file.group == 34)
            #expect(file.links == 1)
            let same = try identity(ofPath: Array("\(scratch.root)/file".utf8))
            #expect(file.identity == same)
        }
    }
}
