// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// docker-on-top's lock: flock(2) on activemounts/.
@Suite struct LockTests {
    private func isFree(_ scratch: Scratch) async throws -> Bool {
        try await Shell.run("/usr/bin/flock", ["--nonblock", "\(scratch.root)/web/activemounts", "true"]).status == 0
    }

    @Test(arguments: FileSystem.allCases) func excludesAndIsReleased(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeVolume("web")
            do {
                let tree = try scratch.tree()
                #expect(tree.look(.quick, locking: true) == .clean)
                #expect(tree.isLocked)
                #expect(try await isFree(scratch) == false)
                let other = try scratch.tree()
                #expect(other.look(.quick, locking: true) == .clean, "the facts are told all the same")
                #expect(!other.isLocked)
                #expect(try await isFree(scratch) == false, "the one that was refused gives nothing back")
                withExtendedLifetime(tree) {}
            }
            #expect(try await isFree(scratch), "it goes with the tree")
        }
    }

    @Test func heldByAnotherProcess() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            try await withHolder(scratch, "exec 5< root/web/activemounts; flock 5") { (holder: Holder) async throws in
                _ = tree.look(.quick, locking: true)
                #expect(!tree.isLocked)
                try await holder.end()
                _ = tree.look(.quick, locking: true)
                #expect(tree.isLocked, "free the moment its holder is gone")
            }
        }
    }

    @Test func lookingAloneTakesNone() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            _ = tree.look(.thorough, locking: false)
            #expect(!tree.isLocked)
            #expect(try await isFree(scratch))
            withExtendedLifetime(tree) {}
        }
    }

    @Test func unlock() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            _ = tree.look(.quick, locking: true)
            tree.unlock()
            #expect(!tree.isLocked)
            #expect(try await isFree(scratch))
        }
    }

    /// docker-on-top removes and remakes the directory at its start: a lock on the old one is none.
    @Test(arguments: FileSystem.allCases) func activemountsRemade(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            _ = tree.look(.quick, locking: true)
            #expect(tree.isLocked)
            try await Shell.bash("cd \(scratch.root)/web; rmdir activemounts; mkdir activemounts")
            try await withHolder(scratch, "exec 5< root/web/activemounts; flock 5") { (_: Holder) async throws in
                #expect(tree.look(.quick, locking: true) == .clean)
                #expect(!tree.isLocked, "another holds the one that is there now")
            }
            #expect(tree.openUses(locking: true) == .directory)
            #expect(tree.isLocked)
            #expect(try await isFree(scratch) == false, "it is the new directory that is locked")
            try await Shell.bash("rmdir \(scratch.root)/web/activemounts")
            #expect(tree.openUses(locking: true) == .absent)
            #expect(!tree.isLocked)
        }
    }

    /// Whatever stands there is told, and nothing of it is locked.
    @Test func nothingToLock() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            for (script, fact) in [
                ("rmdir activemounts", PartFact.absent), ("ln -s upper activemounts", .other(.symbolicLink)),
                ("rm activemounts; touch activemounts", .other(.file)),
                ("rm activemounts; mkdir activemounts; mount -t tmpfs x activemounts", .mount),
            ] {
                try await Shell.bash("cd \(scratch.root)/web; \(script)")
                #expect(tree.openUses(locking: true) == fact, "\(script)")
                #expect(!tree.isLocked, "\(script)")
            }
        }
    }
}
