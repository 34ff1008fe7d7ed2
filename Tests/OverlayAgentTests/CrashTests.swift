// SPDX-License-Identifier: Apache-2.0

import OverlayAgent
import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// A stop after every step of every plan, on real trees: the next run ends where an undisturbed one
/// does.
@Suite struct CrashTests {
    /// Each tree is dirty in its own way: its plan takes other steps.
    static let dirt = [
        "umount mountpoint",
        "umount mountpoint; rmdir activemounts 2>/dev/null || { rm activemounts/*; rmdir activemounts; }",
        "umount mountpoint; echo precious > mountpoint/file; touch workdir/work/x 2>/dev/null || touch workdir/x",
        "umount mountpoint; rmdir mountpoint",
        "umount mountpoint; mkdir recovered-files.1 .overlayd-trash.1; touch workdir/x mountpoint/file",
    ]

    @Test(arguments: dirt) func everyStep(_ script: String) async throws {
        try await withScratch { scratch in
            var stop = 0
            var expected: String?
            while true {
                let name = "v\(stop)"
                try await scratch.makeVolume(name)
                try await scratch.mount(name)
                try await Shell.bash("cd \(scratch.root)/\(name); \(script)")
                let whole = try performSteps(of: name, in: scratch, upTo: stop)
                #expect(["repaired", "untouched"].contains(try reset(scratch).outcome(name)))
                let end = try await Shell.bash(
                    "cd \(scratch.root)/\(name); find . -path './.overlayd-trash*' -prune -o -printf '%p %y %m\\n' | LC_ALL=C sort"
                )
                if let expected { #expect(end == expected, "stopped after \(stop) steps") }
                expected = expected ?? end
                if whole { return }
                stop += 1
            }
        }
    }

    /// Performs the plan's first steps, as a reset that is killed then; true when that was all.
    private func performSteps(of name: String, in scratch: Scratch, upTo limit: Int) throws -> Bool {
        guard let store = try VolumeStore.open(scratch.rootPath), let entry = EntryName(bytes: Array(name.utf8)),
            let volume = VolumeName(entry)
        else { throw Shell.Failed(description: "no such volume: \(name)") }
        var buffer = EntryBuffer()
        var count = 0
        while count < limit {
            let tree = try store.open(volume)
            var facts = tree.look(.thorough, locking: true, buffer: &buffer) { _ in .mounted }
            facts.holding = .free(namespaces: 1)
            guard let step = Reconciler.decide(facts, for: .reset).steps.first else { return true }
            _ = try tree.perform(step, buffer: &buffer)
            count += 1
        }
        return false
    }
}
