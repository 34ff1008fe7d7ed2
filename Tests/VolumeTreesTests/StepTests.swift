// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// Each step leaves on disk what its `apply` promises, and done twice does no harm.
@Suite struct StepTests {
    /// A step, and the tree it is for: prepared in a volume at rest.
    struct StepCase: Sendable, CustomTestStringConvertible {
        var step: Step
        var prepare: String
        var outcome: VolumeTree.StepOutcome = .done
        /// What a second time says, when the first has left it nothing to do.
        var again: VolumeTree.StepOutcome = .done
        var trash = 0

        var testDescription: String { "\(step): \(prepare)" }
    }

    static let cases = [
        StepCase(step: .removeMountpoint, prepare: "mkdir mountpoint"),
        StepCase(step: .removeMountpoint, prepare: "mkdir mountpoint; chmod 0 mountpoint"),
        StepCase(step: .moveFilesAside, prepare: "mkdir mountpoint; touch mountpoint/f", again: .lookAgain),
        StepCase(step: .makeActivemounts, prepare: "rmdir activemounts", outcome: .lookAgain, again: .lookAgain),
        StepCase(step: .dropUses, prepare: "touch activemounts/{a,b,c}"),
        StepCase(step: .dropUses, prepare: "touch activemounts/a{1..500}"),
        StepCase(step: .discardWorkdir, prepare: "mkdir workdir"),
        StepCase(step: .discardWorkdir, prepare: "mkdir -p workdir/work; chmod 0 workdir/work"),
        StepCase(
            step: .discardWorkdir, prepare: "mkdir -p workdir/work; touch workdir/work/f", outcome: .doneWithTrash,
            trash: 1),
        StepCase(
            step: .discardWorkdir, prepare: "mkdir -p workdir/work/incompat/volatile", outcome: .doneWithTrash, trash: 1
        ),
        StepCase(step: .discardWorkdir, prepare: "mkdir -p workdir/{work,index}", outcome: .doneWithTrash, trash: 1),
        StepCase(
            step: .discardWorkdir, prepare: "mkdir workdir; touch workdir/work", outcome: .doneWithTrash, trash: 1),
        StepCase(
            step: .discardWorkdir, prepare: "mkdir workdir; ln -s /etc workdir/work", outcome: .doneWithTrash, trash: 1),
        StepCase(step: .makeUpper, prepare: "rm -r upper"),
        StepCase(step: .renewUpper, prepare: "true", outcome: .doneWithTrash, again: .doneWithTrash, trash: 1),
        StepCase(step: .makeWorkdir, prepare: "true"),
        StepCase(step: .makeMountpoint, prepare: "true"),
        StepCase(step: .writeMetadata, prepare: "rm metadata.json"),
        StepCase(step: .writeMetadata, prepare: "echo '{' > metadata.json"),
        StepCase(step: .writeMetadata, prepare: "rm metadata.json; echo half > .overlayd-metadata.json"),
    ]

    @Test(arguments: cases) func doesWhatItPromises(_ stepCase: StepCase) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; \(stepCase.prepare)")
            let tree = try scratch.tree()
            let before = tree.look(.thorough, locking: true)
            var promised = before
            stepCase.step.apply(to: &promised)
            #expect(promised != before || stepCase.trash > 0, "the case is one that the step has work in")
            promised.trash += stepCase.trash
            let upper = try await Shell.bash("cd \(scratch.root)/web; ls -id upper || true; cat upper/file || true")
            let outcome = try tree.perform(stepCase.step, metadata: scratch.metadata)
            #expect(outcome == stepCase.outcome)
            #expect(tree.look() == promised)
            #expect(try scratch.look() == promised, "whoever looks")
            if stepCase.step != .makeUpper, stepCase.step != .renewUpper {
                #expect(
                    try await Shell.bash("cd \(scratch.root)/web; ls -id upper || true; cat upper/file || true")
                        == upper)
            }
        }
    }

    /// A step that was done already, by this program before it was killed, or by another.
    @Test(arguments: cases) func twiceIsHarmless(_ stepCase: StepCase) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; \(stepCase.prepare)")
            let tree = try scratch.tree()
            _ = tree.look(.thorough, locking: true)
            try tree.perform(stepCase.step, metadata: scratch.metadata)
            let facts = tree.look(.thorough, locking: true)
            let inode = try await Shell.bash("cd \(scratch.root)/web; ls -id upper")
            // An upper that is there already is none to make: whatever it says, it stays.
            let outcome = try? tree.perform(stepCase.step, metadata: scratch.metadata)
            if stepCase.step != .makeUpper { #expect(outcome == stepCase.again) }
            var after = tree.look()
            after.trash = facts.trash
            #expect(after == facts)
            if stepCase.step != .renewUpper {
                #expect(try await Shell.bash("cd \(scratch.root)/web; ls -id upper") == inode)
            }
        }
    }

    /// Where the tree is not as it was seen, the step does nothing and says so.
    @Test(arguments: [
        (Step.removeMountpoint, "mkdir mountpoint; touch mountpoint/file"),
        (.removeMountpoint, "mkdir mountpoint; mount -t tmpfs own mountpoint; touch mountpoint/file"),
        (.moveFilesAside, "mkdir mountpoint; mount -t tmpfs own mountpoint; touch mountpoint/file"),
        (.moveFilesAside, "true"), (.dropUses, "mkdir activemounts/stray"),
    ])
    func notAsItWasSeen(_ step: Step, _ prepare: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            try await Shell.bash("cd \(scratch.root)/web; \(prepare)")
            _ = tree.look(.thorough, locking: true)
            // mount points of other file systems too
            let snapshot = "cd \(scratch.root); find . | LC_ALL=C sort"
            let before = try await Shell.bash(snapshot)
            let outcome = try tree.perform(step)
            #expect(outcome == .lookAgain || step == .dropUses)
            #expect(try await Shell.bash(snapshot) == before)
        }
    }

    /// Links where directories belong are an error, and what they lead to is not touched.
    @Test(arguments: [
        (Step.removeMountpoint, "mountpoint"), (.discardWorkdir, "workdir"),
    ])
    func linksAreNotFollowed(_ step: Step, _ part: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root); mkdir -p away/work; ln -s ../away web/\(part)")
            let before = try await scratch.snapshot("\(scratch.root)/away")
            let tree = try scratch.tree()
            _ = try? tree.perform(step)
            #expect(try await scratch.snapshot("\(scratch.root)/away") == before)
        }
    }
}
