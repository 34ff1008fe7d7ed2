// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// The one recursive delete: everything below the name goes, nothing else, whatever lies there.
@Suite struct RemoveTreeTests {
    private static let victim = EntryName("victim")

    /// Builds with `script` in the volumes root, removes `victim`, and expects it and nothing else gone.
    private func expectRemoved(
        _ fileSystem: FileSystem, removing: Int, _ script: String
    ) async throws {
        try await withScratch(fileSystem) { scratch in
            let outside = "\(scratch.path)/outside"
            try await Shell.bash(
                "mkdir \(outside); cd \(outside); echo kept > file; mkdir dir; echo kept > dir/file; chmod 751 dir")
            try await Shell.bash("cd \(scratch.root); mkdir victim sibling; touch sibling/f; \(script)")
            let before = try await scratch.snapshot(outside)
            let root = try Directory(path: scratch.rootPath)
            var buffer = EntryBuffer()
            let removal = root.removeTree(Self.victim, buffer: &buffer)
            #expect(removal.failure == nil)
            #expect(removal.removed == removing)
            #expect(try await Shell.bash("cd \(scratch.root); ls -A . sibling") == ".:\nsibling\n\nsibling:\nf\n")
            #expect(try await scratch.snapshot(outside) == before)
        }
    }

    @Test(arguments: FileSystem.allCases) func wide(_ fileSystem: FileSystem) async throws {
        try await expectRemoved(
            fileSystem, removing: 20_001, "cd victim; perl -e 'for (1..20000) { open F, \">\", \"file$_\" or die }'")
    }

    /// The path is longer than PATH_MAX by far, and the depth more than descriptors are allowed for.
    @Test(arguments: FileSystem.allCases) func deep(_ fileSystem: FileSystem) async throws {
        try await expectRemoved(
            fileSystem, removing: 6001,
            """
            cd victim
            perl -e 'for (1..3000) { mkdir "directory" and open F, ">", "file" and chdir "directory" or die }'
            """)
    }

    /// Wide at every level: what is moved up meets others, and names of ours that are taken.
    @Test func deepAndBranching() async throws {
        try await expectRemoved(
            .tmpfs, removing: 1 + 3 * 400 + 2,
            """
            cd victim; mkdir .overlayd-deep.1 .overlayd-deep.3
            perl -e 'for (1..400) { mkdir "a"; mkdir "b"; mkdir "c"; chdir((qw(a b c))[$_ % 3]) or die }'
            """)
    }

    @Test(arguments: FileSystem.allCases) func strangeNames(_ fileSystem: FileSystem) async throws {
        try await expectRemoved(
            fileSystem, removing: 12,
            """
            perl <<'P'
            chdir "victim"; my $long = "\\xff" x 255; mkdir $long; chdir $long; mkdir "\\xfe" x 255;
                for ("\\xc3" x 255, "new\\nline", " ", "-rf", "*", "...", "\\x01", "a\\\\b") { open F, ">", $_ or die }
                symlink "x" x 4000, "\\xfd" x 255 or symlink "x" x 900, "\\xfd" x 255 or die
            P
            """)
    }

    @Test(arguments: FileSystem.allCases) func linksAreNotFollowed(_ fileSystem: FileSystem) async throws {
        try await expectRemoved(
            fileSystem, removing: 8,
            """
            cd victim; mkdir sub; ln -s ../../outside/dir dir; ln -s ../../../outside sub/up; ln -s /etc sub/etc
            ln -s \(#""$PWD"/.."#) sub/parent; ln -s nowhere dangling; ln ../../outside/file hard
            """)
    }

    @Test(arguments: FileSystem.allCases) func everyKindOfFile(_ fileSystem: FileSystem) async throws {
        try await expectRemoved(
            fileSystem, removing: 11,
            """
            cd victim; mkfifo fifo; mknod null c 1 3; mknod whiteout c 0 0; mknod disk b 7 200
            perl <<'P'
            use Socket; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un("socket")) or die;
            P
            mkdir -p work/work; touch work/work/f; chmod 0 work/work/f work/work work; mkdir empty; chmod 0 empty
            touch none; chmod 0 none
            """)
    }

    @Test func whatIsNotThereIsGone() async throws {
        try await withScratch { scratch in
            let root = try Directory(path: scratch.rootPath)
            var buffer = EntryBuffer()
            let removal = root.removeTree(Self.victim, buffer: &buffer)
            #expect(removal.failure == nil)
            #expect(removal.removed == 0)
        }
    }

    /// Only directories of ours are ever given to it: anything else is a mistake, and stays.
    @Test(arguments: ["touch victim", "ln -s ../outside victim", "mkfifo victim"])
    func whatIsNoDirectoryStays(_ script: String) async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                "mkdir \(scratch.path)/outside; touch \(scratch.path)/outside/f; cd \(scratch.root); \(script)")
            let before = try await scratch.snapshot(scratch.path)
            let root = try Directory(path: scratch.rootPath)
            var buffer = EntryBuffer()
            let removal = root.removeTree(Self.victim, buffer: &buffer)
            #expect(removal.failure?.errno == .notDirectory)
            #expect(removal.removed == 0)
            #expect(try await scratch.snapshot(scratch.path) == before)
        }
    }
}
