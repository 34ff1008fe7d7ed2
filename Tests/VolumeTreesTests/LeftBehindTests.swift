// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// What is taken away, and what crashes left: nothing is half a volume, nothing in use goes.
@Suite struct LeftBehindTests {
    @Test(arguments: FileSystem.allCases) func setAsideAndEmpty(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeVolume("web")
            try await scratch.makeVolume("other")
            try await Shell.bash("cd \(scratch.root)/web/upper; mkdir -p d/d; touch d/d/{1..50}")
            let store = try scratch.store()
            let other = try await scratch.snapshot("\(scratch.root)/other")
            let tree = try scratch.tree()
            _ = tree.look(.quick, locking: true)
            let doubt = try store.takeAside(tree)
            #expect(try store.list().skipped.map(\.name) == [doubt], "nobody empties it before it is proven")
            let aside = try store.discard(doubt)
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "\(aside)\nother\n")
            #expect(try await Shell.bash("cat \(scratch.root)/\(aside)/upper/file") == "written-by-a-user\n")
            let listing = try store.list()
            #expect(listing.volumes.map(\.description) == ["other"])
            #expect(listing.leftBehind == [aside])
            let removal = store.emptyLeftBehind(aside)
            #expect(removal.failure == nil)
            #expect(removal.removed == 57)
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "other\n")
            #expect(try await scratch.snapshot("\(scratch.root)/other") == other)
            #expect(store.emptyLeftBehind(aside).failure == nil, "gone already is well")
        }
    }

    /// Found to be in use after all: the name comes back, and everything under it.
    @Test func putBack() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let before = try await scratch.snapshot()
            let store = try scratch.store()
            let tree = try scratch.tree()
            try store.putBack(try store.takeAside(tree), tree)
            #expect(try await scratch.snapshot() == before)
            let aside = try store.takeAside(tree)
            try await scratch.makeVolume("web")
            #expect(throws: KernelError.self, "never over another volume") { try store.putBack(aside, tree) }
            let kept = try await Shell.bash("cd \(scratch.root); cat web/upper/file \(aside)/upper/file")
            #expect(kept == "written-by-a-user\nwritten-by-a-user\n")
        }
    }

    /// The name may have come to mean another directory: what was proven is not what lies there.
    @Test func anotherDirectoryUnderTheName() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let store = try scratch.store()
            let tree = try scratch.tree()
            try await Shell.bash("cd \(scratch.root); mv web old; mkdir web; touch web/new")
            let before = try await scratch.snapshot()
            #expect(throws: KernelError.self) { try store.takeAside(tree) }
            #expect(try await scratch.snapshot() == before)
        }
    }

    @Test func aCreatorThatLivesAndOneThatDied() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                "cd \(scratch.root); mkdir -p .overlayd-new.{1,2}/upper; touch .overlayd-new.{1,2}/upper/f")
            let store = try scratch.store()
            let living = EntryName(".overlayd-new.1")
            try await withHolder(scratch, "exec 5< root/.overlayd-new.1; flock 5") { (_: Holder) async throws in
                let removal = store.emptyLeftBehind(living)
                #expect(removal.removed == 0)
                #expect(removal.failure == nil)
                #expect(store.emptyLeftBehind(EntryName(".overlayd-new.2")).removed == 3)
                #expect(
                    try await Shell.bash("cd \(scratch.root); find . | sort")
                        == ".\n./.overlayd-new.1\n./.overlayd-new.1/upper\n./.overlayd-new.1/upper/f\n")
            }
            #expect(store.emptyLeftBehind(living).removed == 3)
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "")
        }
    }

    @Test(arguments: [
        "touch .overlayd-new.1", "ln -s volume .overlayd-new.1",
        "mkdir .overlayd-new.1; mount -t tmpfs x .overlayd-new.1",
    ])
    func whatIsNoDirectoryOfOursStays(_ script: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("volume")
            try await Shell.bash("cd \(scratch.root); \(script)")
            let before = try await scratch.snapshot()
            #expect(try scratch.store().emptyLeftBehind(EntryName(".overlayd-new.1")).failure != nil)
            #expect(try await scratch.snapshot() == before)
        }
    }

    @Test func trashOfATree() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash(
                """
                cd \(scratch.root)/web; mkdir -p .overlayd-trash.{1,7}/work/d recovered-files.1 .overlayd-spare.1/d
                touch recovered-files.1/f .overlayd-trash.file; ln -s upper .overlayd-trash.link; chmod 0 .overlayd-trash.7/work
                """)
            let tree = try scratch.tree()
            let removal = tree.emptyTrash()
            #expect(removal.failure == nil)
            #expect(removal.removed == 8)
            #expect(
                try await scratch.parts() == [
                    ".overlayd-trash.file", ".overlayd-trash.link", "activemounts", "metadata.json",
                    "recovered-files.1", "upper",
                ])
            #expect(
                try await Shell.bash("cd \(scratch.root)/web; cat upper/file; ls recovered-files.1")
                    == "written-by-a-user\nf\n")
        }
    }

    /// A spare upper may be about to become the upper: not without the lock.
    @Test func sparesGoOnlyUnderTheLock() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; mkdir .overlayd-spare.1 .overlayd-trash.1")
            try await withHolder(scratch, "exec 5< root/web/activemounts; flock 5") { (_: Holder) async throws in
                #expect(try scratch.tree().emptyTrash().failure == nil)
                #expect(try await scratch.parts() == [".overlayd-spare.1", "activemounts", "metadata.json", "upper"])
            }
            #expect(try scratch.tree().emptyTrash().removed == 1)
            #expect(try scratch.look() == .clean)
        }
    }
}
