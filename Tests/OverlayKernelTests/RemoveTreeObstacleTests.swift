// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// What a removal may not or cannot take away: it is left as it is and named, and the rest goes.
@Suite struct RemoveTreeObstacleTests {
    private static let victim = EntryName("victim")

    private func remove(_ scratch: Scratch) throws -> Removal {
        let root = try Directory(path: scratch.rootPath)
        var buffer = EntryBuffer()
        return root.removeTree(Self.victim, buffer: &buffer)
    }

    private func left(_ scratch: Scratch) async throws -> String {
        try await Shell.bash("cd \(scratch.root); find victim -name mnt -prune -print -o -print | LC_ALL=C sort")
    }

    @Test(arguments: [FileSystem.ext4, .xfs, .btrfs]) func immutable(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir -p victim/{a,b,c}/sub; touch victim/{a,b,c}/{1,2,3}
                chattr +i victim/b/2; chattr +i victim/c/sub
                """)
            let first = try remove(scratch)
            #expect(["2", "sub"].contains(first.failure?.subject))
            #expect(first.failure?.errno == .notPermitted)
            #expect(try await left(scratch) == "victim\nvictim/b\nvictim/b/2\nvictim/c\nvictim/c/sub\n")
            try await Shell.bash("cd \(scratch.root); chattr -i victim/b/2 victim/c/sub")
            let second = try remove(scratch)
            #expect(second.failure == nil)
            #expect(second.removed == 5)
        }
    }

    /// An append-only directory gives nothing away.
    @Test func appendOnly() async throws {
        try await withScratch(.ext4) { scratch in
            try await Shell.bash("cd \(scratch.root); mkdir -p victim/{a,b}; touch victim/{a,b}/f; chattr +a victim/a")
            let removal = try remove(scratch)
            #expect(removal.failure?.errno == .notPermitted)
            #expect(try await left(scratch) == "victim\nvictim/a\nvictim/a/f\n")
            try await Shell.bash("chattr -a \(scratch.root)/victim/a")
        }
    }

    @Test(arguments: [
        "mount --bind ../outside victim/sub/mnt", "mount -t tmpfs own victim/sub/mnt; touch victim/sub/mnt/f",
    ])
    func aMountInside(_ mount: String) async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir -p ../outside/dir victim/sub/mnt victim/other; touch ../outside/dir/f
                touch victim/sub/f victim/other/f; \(mount)
                """)
            let mounted = try await scratch.snapshot("\(scratch.root)/victim/sub/mnt")
            let removal = try remove(scratch)
            #expect(removal.failure?.subject == "mnt")
            #expect(removal.failure?.errno == .resourceBusy)
            #expect(try await left(scratch) == "victim\nvictim/sub\nvictim/sub/mnt\n")
            #expect(try await scratch.snapshot("\(scratch.root)/victim/sub/mnt") == mounted)
            try await Shell.bash("umount \(scratch.root)/victim/sub/mnt")
            #expect(try remove(scratch).failure == nil)
        }
    }

    @Test func aMountedFileInside() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir victim; echo kept > ../outside; touch victim/f victim/g
                mount --bind ../outside victim/f
                """)
            let removal = try remove(scratch)
            #expect(removal.failure?.subject == "f")
            #expect(removal.failure?.errno == .resourceBusy)
            #expect(try await Shell.bash("cd \(scratch.root); cat victim/f; ls victim") == "kept\nf\n")
        }
    }

    @Test func aMountOnTop() async throws {
        try await withScratch { scratch in
            try await Shell.bash("cd \(scratch.root); mkdir victim; mount -t tmpfs own victim; touch victim/f")
            let removal = try remove(scratch)
            #expect(removal.failure?.errno == .resourceBusy)
            #expect(try await Shell.bash("ls \(scratch.root)/victim") == "f\n")
        }
    }

    /// A mount far below the levels that are held open: the directory over it is moved up, the mount
    /// and what it shows stay.
    @Test func aMountFarBelow() async throws {
        try await withScratch { scratch in
            let path = String(repeating: "d/", count: 100)
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir -p victim/\(path)mnt ../outside; echo kept > ../outside/f
                mount --bind ../outside victim/\(path)mnt
                """)
            let removal = try remove(scratch)
            #expect(removal.failure?.errno == .resourceBusy)
            #expect(
                try await Shell.bash("cat \(scratch.path)/outside/f; find \(scratch.root)/victim -name f | wc -l")
                    == "kept\n1\n")
            try await Shell.bash("umount $(find \(scratch.root)/victim -name mnt)")
            #expect(try remove(scratch).failure == nil)
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "")
        }
    }

    @Test func aReadOnlyFileSystem() async throws {
        try await withScratch(.ext4) { scratch in
            try await Shell.bash(
                "cd \(scratch.root); mkdir -p victim/a; touch victim/a/f; mount -o remount,ro \(scratch.path)")
            let removal = try remove(scratch)
            #expect(removal.failure?.errno == .readOnlyFileSystem)
            #expect(removal.removed == 0)
            #expect(try await left(scratch) == "victim\nvictim/a\nvictim/a/f\n")
        }
    }
}
