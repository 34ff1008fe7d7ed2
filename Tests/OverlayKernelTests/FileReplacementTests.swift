// SPDX-License-Identifier: Apache-2.0

import Glibc
import OverlayCore
import OverlayKernel
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// The old file or the new one, whole: whoever reads, whatever fails, whenever the writer dies.
@Suite struct FileReplacementTests {
    private static let file = EntryName("file")
    private static let temporary = EntryName(".temporary")

    private func replace(_ scratch: Scratch, with text: String) -> Errno? {
        failure {
            try Directory(path: scratch.rootPath).replaceFile(
                Self.file, with: Array(text.utf8), temporary: Self.temporary, mode: 0o640)
        }
    }

    @Test(arguments: FileSystem.allCases) func makesAndReplaces(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            #expect(replace(scratch, with: "first") == nil)
            let first = try await Shell.bash("cd \(scratch.root); ls -A; cat file; stat -c ' %a' file")
            #expect(first == "file\nfirst 640\n")
            #expect(replace(scratch, with: "second, longer") == nil)
            #expect(replace(scratch, with: "") == nil)
            #expect(try await Shell.bash("cd \(scratch.root); ls -A; cat file") == "file\n")
        }
    }

    @Test(arguments: [
        "echo half > .temporary", "ln -s ../outside .temporary", "mkfifo .temporary", "ln ../outside .temporary",
    ])
    func whatACrashLeftIsDropped(_ script: String) async throws {
        try await withScratch { scratch in
            try await Shell.bash("echo kept > \(scratch.path)/outside; cd \(scratch.root); echo old > file; \(script)")
            #expect(replace(scratch, with: "new") == nil)
            #expect(try await Shell.bash("cd \(scratch.root); ls -A; cat file ../outside") == "file\nnewkept\n")
        }
    }

    /// A link under the name is replaced, never written through.
    @Test func aLinkIsReplaced() async throws {
        try await withScratch { scratch in
            try await Shell.bash("echo kept > \(scratch.path)/outside; ln -s ../outside \(scratch.root)/file")
            #expect(replace(scratch, with: "new") == nil)
            #expect(try await Shell.bash("cat \(scratch.path)/outside") == "kept\n")
        }
    }

    @Test func aReadOnlyFileSystem() async throws {
        try await withScratch(.ext4) { scratch in
            try await Shell.bash("cd \(scratch.root); echo old > file; mount -o remount,ro \(scratch.path)")
            #expect(replace(scratch, with: "new") == .readOnlyFileSystem)
            #expect(try await Shell.bash("cd \(scratch.root); ls -A; cat file") == "file\nold\n")
        }
    }

    @Test func aFullFileSystem() async throws {
        try await withScratch { scratch in
            try await Shell.bash("mount -t tmpfs -o size=64k small \(scratch.root); echo old > \(scratch.root)/file")
            #expect(replace(scratch, with: String(repeating: "x", count: 200_000)) == .noSpace)
            #expect(try await Shell.bash("cd \(scratch.root); ls -A; cat file") == "file\nold\n")
        }
    }

    @Test func aDirectoryUnderTheName() async throws {
        try await withScratch { scratch in
            try await Shell.bash("mkdir \(scratch.root)/file")
            #expect(replace(scratch, with: "new") == .isDirectory)
            #expect(try await Shell.bash("cd \(scratch.root); ls -A; ls -A file") == "file\n")
        }
    }

    @Test func aDirectoryUnderTheTemporaryName() async throws {
        try await withScratch { scratch in
            try await Shell.bash("cd \(scratch.root); echo old > file; mkdir .temporary")
            #expect(replace(scratch, with: "new") == .isDirectory)
            #expect(try await Shell.bash("cd \(scratch.root); ls -A; cat file") == ".temporary\nfile\nold\n")
        }
    }

    @Test func readersSeeWholeFiles() async throws {
        try await withScratch { scratch in
            let contents = [UInt8(0x61), 0x62].map { [UInt8](repeating: $0, count: 30_000) }
            let path = scratch.rootPath
            let roles = Atomic<Int>(0)
            let writing = Atomic<Bool>(true)
            let reads = Atomic<Int>(0)
            let torn = Atomic<Int>(0)
            try Directory(path: path).replaceFile(
                Self.file, with: contents[0], temporary: Self.temporary, mode: 0o600)
            onThreads(2) {
                guard let root = try? Directory(path: path) else { return }
                if roles.add(1, ordering: .relaxed).oldValue == 0 {
                    for round in 0..<2000 {
                        try? root.replaceFile(
                            Self.file, with: contents[round % 2], temporary: Self.temporary, mode: 0o600)
                    }
                    writing.store(false, ordering: .relaxed)
                } else {
                    repeat {
                        let read = try? root.readFile(Self.file, limit: 100_000)
                        if read.map(contents.contains) != true { torn.add(1, ordering: .relaxed) }
                        reads.add(1, ordering: .relaxed)
                    } while writing.load(ordering: .relaxed)
                }
            }
            #expect(torn.load(ordering: .relaxed) == 0)
            #expect(reads.load(ordering: .relaxed) > 0)
        }
    }

    @Test(arguments: 1...5) func aKilledWriter(_ round: Int) async throws {
        try await withScratch(.tmpfs) { scratch in
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.root as String] in
                let written = Atomic<Int>(0)
                let roles = Atomic<Int>(0)
                onThreads(2) {
                    if roles.add(1, ordering: .relaxed).oldValue == 0 {
                        guard let root = try? Directory(path: FilePath(path)) else { return }
                        while true {
                            let content = [UInt8](repeating: 0x61, count: 1_000_000)
                            try? root.replaceFile(
                                EntryName("file"), with: content, temporary: EntryName(".temporary"), mode: 0o600)
                            written.add(1, ordering: .relaxed)
                        }
                    } else {
                        while written.load(ordering: .relaxed) < 20 {}
                        kill(getpid(), SIGKILL)
                    }
                }
            }
            let size = try await Shell.bash("stat -c %s \(scratch.root)/file")
            #expect(size == "1000000\n")
            #expect(replace(scratch, with: "new") == nil)
            #expect(try await Shell.bash("cd \(scratch.root); ls -A; cat file") == "file\nnew")
        }
    }
}
