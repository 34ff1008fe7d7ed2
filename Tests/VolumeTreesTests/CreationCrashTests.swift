// SPDX-License-Identifier: Apache-2.0

import Glibc
import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// A creation killed at any moment: there is no volume, or a whole one, and what is left over goes.
@Suite struct CreationCrashTests {
    /// What a creation makes in its staging directory, in any combination a crash or a lost write
    /// could leave.
    private static let pieces = [
        "mkdir activemounts", "mkdir upper", "mkdir .overlayd-spare.1", "echo half > .overlayd-metadata.json",
        "printf '{\"BaseDirPath\":\"/b\",\"Volatile\":false}' > metadata.json", "echo '{' > metadata.json",
    ]

    private static let subsets = (0..<(1 << pieces.count)).map { mask in
        pieces.indices.filter { mask >> $0 & 1 == 1 }.map { pieces[$0] }
    }

    @Test func stagingIsNoVolume() async throws {
        try await withScratch { scratch in
            var script = "cd \(scratch.root)\n"
            for (number, subset) in Self.subsets.enumerated() {
                script +=
                    "mkdir .overlayd-new.\(number); (cd .overlayd-new.\(number); \((subset + ["true"]).joined(separator: "; ")))\n"
            }
            try await Shell.bash(script)
            let store = try scratch.store()
            let listing = try store.list()
            #expect(listing.volumes.isEmpty)
            #expect(listing.skipped.isEmpty)
            #expect(listing.leftBehind.count == Self.subsets.count)
            #expect(try store.creation(of: "web", scratch.metadata) == nil, "the name is free all the same")
            for name in listing.leftBehind { #expect(store.emptyLeftBehind(name).failure == nil) }
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "web\n")
        }
    }

    /// Half a volume under its own name, as docker-on-top's creation or a hand leaves it, is finished
    /// on request; what is there already stays.
    @Test func halfVolumesAreFinished() async throws {
        try await withScratch { scratch in
            let store = try scratch.store()
            for (number, subset) in Self.subsets.enumerated() {
                let name = "v\(number)"
                try await Shell.bash(
                    "cd \(scratch.root); mkdir \(name); cd \(name); \((subset + ["true"]).joined(separator: "; "))")
                if subset.contains("mkdir upper") {
                    try await Shell.bash("echo kept > \(scratch.root)/\(name)/upper/f")
                }
                let tree = try store.open(try VolumeName(test: name))
                try store.complete(tree, tree.look(), scratch.metadata)
                var facts = try scratch.look(name)
                facts.trash = 0
                #expect(facts == .clean, "\(subset)")
                if subset.contains("mkdir upper") {
                    #expect(try await Shell.bash("cat \(scratch.root)/\(name)/upper/f") == "kept\n")
                }
            }
            #expect(try store.list().volumes.count == Self.subsets.count)
        }
    }

    /// Metadata that is complete already is not rewritten, whatever is asked for.
    @Test func completeMetadataStays() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web", base: "/somewhere/else")
            let before = try await Shell.bash(
                "cat \(scratch.root)/web/metadata.json; ls -i \(scratch.root)/web/metadata.json")
            let tree = try scratch.tree()
            try scratch.store().complete(tree, tree.look(), scratch.metadata)
            let after = try await Shell.bash(
                "cat \(scratch.root)/web/metadata.json; ls -i \(scratch.root)/web/metadata.json")
            #expect(after == before)
        }
    }

    /// The real thing: a process that makes volume after volume is killed in the middle.
    @Test(arguments: [FileSystem.tmpfs, .ext4]) func killed(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            for round in 1...4 {
                await #expect(processExitsWith: .signal(SIGKILL)) {
                    [root = scratch.root as String, base = scratch.base as String, round = round as Int] in
                    let store = try VolumeStore.openOrMake(FilePath(root))
                    let metadata = VolumeMetadata(base: Array(base.utf8), volatile: false)
                    onThreads(2) {
                        // The first one here makes volumes, the other ends it all.
                        if mkdir("\(root)/../maker-\(round)", 0o700) == 0 {
                            for number in 0... { _ = try? store.creation(of: "r\(round)n\(number)", metadata) }
                        } else {
                            while access("\(root)/r\(round)n\(5 * round)", F_OK) != 0 {}
                            kill(getpid(), SIGKILL)
                        }
                    }
                }
            }
            let store = try scratch.store()
            let listing = try store.list()
            #expect(listing.volumes.count >= 4 * 5)
            for name in listing.volumes { #expect(try scratch.look(name.description) == .clean, "\(name)") }
            for name in listing.leftBehind { #expect(store.emptyLeftBehind(name).failure == nil) }
            #expect(try store.list().leftBehind.isEmpty)
            #expect(try store.list().volumes == listing.volumes)
        }
    }
}
