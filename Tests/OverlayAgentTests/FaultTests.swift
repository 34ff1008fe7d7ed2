// SPDX-License-Identifier: Apache-2.0

import OverlayAgent
import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// What a file system refuses is reported for the volume it concerns; the others are reset.
@Suite struct FaultTests {
    @Test func immutableParts() async throws {
        try await withScratch(.ext4) { scratch in
            for name in ["a", "b", "c", "d"] { try await scratch.makeDirty(name) }
            try await Shell.bash(
                "cd \(scratch.root); chattr +i a/workdir b/activemounts/use1 c; touch a/workdir/x 2>/dev/null || true")
            let run = try reset(scratch)
            try await Shell.bash("cd \(scratch.root); chattr -i a/workdir b/activemounts/use1 c")
            for name in ["a", "b", "c"] {
                guard case .failed(let error) = run.report(name)?.outcome else {
                    Issue.record("\(name): \(run.outcome(name))")
                    continue
                }
                #expect(error.errno == .notPermitted)
                #expect(error.description.contains("lsattr"))
            }
            #expect(run.outcome("d") == "repaired")
            #expect(try reset(scratch).result.summary.needPerson == 0)
        }
    }

    @Test func readOnlyFileSystem() async throws {
        try await withScratch(.ext4) { scratch in
            try await scratch.makeDirty("web")
            try await scratch.makeVolume("clean")
            try await Shell.bash("mount -o remount,ro \(scratch.path)")
            let run = try reset(scratch)
            guard case .failed(let error) = run.report("web")?.outcome else {
                Issue.record("web: \(run.outcome("web"))")
                return
            }
            #expect(error.errno == .readOnlyFileSystem)
            #expect(run.outcome("clean") == "untouched")
        }
    }

    /// A full disk stops no reset: it only takes away.
    @Test(arguments: [FileSystem.tmpfs, .ext4, .xfs]) func fullDisk(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeDirty("web")
            try await Shell.bash("dd if=/dev/zero of=\(scratch.path)/fill bs=64k 2>/dev/null || true; sync")
            let run = try reset(scratch)
            #expect(run.outcome("web") == "repaired")
            #expect(try await parts(scratch, "web") == restingParts)
        }
    }

    @Test func volumeDirectoryThatIsAMount() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            try await Shell.bash("mkdir \(scratch.root)/own; mount -t tmpfs x \(scratch.root)/own")
            let run = try reset(scratch)
            #expect(run.outcome("own").hasPrefix("failed"))
            #expect(run.outcome("web") == "repaired")
        }
    }

    @Test func strangeEntriesAreSkippedAndNamed() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            try await Shell.bash(
                """
                cd \(scratch.root); touch stray; ln -s /etc linked; mkdir .hidden lost+found $'new\\nline' $'\\xff\\xfe'
                mkfifo fifo; mkdir -- -dash
                """)
            let run = try reset(scratch)
            #expect(run.outcome("web") == "repaired")
            #expect(run.reports.count == 1)
            let skipped = Set(run.result.skipped.map(\.name.description))
            #expect(
                skipped == ["stray", "linked", ".hidden", "lost+found", "new\\x0aline", "\\xff\\xfe", "fifo", "-dash"])
        }
    }
}
