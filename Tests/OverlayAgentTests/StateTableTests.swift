// SPDX-License-Identifier: Apache-2.0

import OverlayAgent
import OverlayCore
import TestSupport
import Testing

/// Every row of the state table, on real trees with real mounts, on every file system.
@Suite struct StateTableTests {
    /// How a tree comes to be (a script run in its directory), and what the reset makes of it.
    struct Row: Sendable {
        var name: String
        var mounted = false
        var script: String
        var state: VolumeState?
        var outcome: String
        var left: [String]
    }

    static let rows = [
        Row(name: "clean", script: "", state: .clean, outcome: "untouched", left: restingParts),
        Row(
            name: "crashed", mounted: true, script: "umount mountpoint", state: .lost, outcome: "repaired",
            left: restingParts),
        Row(
            name: "unmounted", mounted: true, script: "umount mountpoint; rm activemounts/*", state: .leftover,
            outcome: "repaired", left: restingParts),
        Row(
            name: "nomountpoint", mounted: true, script: "umount mountpoint; rmdir mountpoint", state: .lost,
            outcome: "repaired", left: restingParts),
        Row(
            name: "onlyworkdir", script: "mkdir -p workdir/work", state: .leftover, outcome: "repaired",
            left: restingParts),
        Row(
            name: "onlymountpoint", script: "mkdir mountpoint", state: .leftover, outcome: "repaired",
            left: restingParts),
        Row(name: "onlyuses", script: "touch activemounts/a", state: .lost, outcome: "repaired", left: restingParts),
        Row(
            name: "noactivemounts", script: "rmdir activemounts", state: .leftover, outcome: "repaired",
            left: restingParts),
        Row(
            name: "noactivemountsdirty", script: "rmdir activemounts; mkdir -p mountpoint workdir/work",
            state: .leftover,
            outcome: "repaired", left: restingParts),
        Row(
            name: "obstructed", script: "mkdir mountpoint; echo precious > mountpoint/file", state: .obstructed,
            outcome: "repaired", left: ["activemounts", "metadata.json", "recovered-files.1", "upper"]),
        Row(
            name: "fullworkdir", script: "mkdir -p workdir/work; touch workdir/work/leftover", state: .leftover,
            outcome: "repaired", left: [".overlayd-trash.1", "activemounts", "metadata.json", "upper"]),
        Row(
            name: "inuse", mounted: true, script: "", state: .inUse, outcome: "untouched",
            left: ["activemounts", "metadata.json", "mountpoint", "upper", "workdir"]),
        Row(
            name: "stale", mounted: true, script: "rm activemounts/*", state: .stale, outcome: "untouched",
            left: ["activemounts", "metadata.json", "mountpoint", "upper", "workdir"]),
        Row(
            name: "stacked", mounted: true,
            script:
                "mount -t overlay docker-on-top_stacked -o lowerdir=/,upperdir=$PWD/upper/,workdir=$PWD/workdir/ mountpoint",
            state: .stacked, outcome: "refused",
            left: ["activemounts", "metadata.json", "mountpoint", "upper", "workdir"]),
        Row(
            name: "foreign", script: "mkdir mountpoint; mount -t tmpfs stranger mountpoint", state: .foreign,
            outcome: "refused", left: ["activemounts", "metadata.json", "mountpoint", "upper"]),
        Row(
            name: "bound", script: "mkdir mountpoint; mount --bind upper mountpoint", state: .foreign,
            outcome: "refused",
            left: ["activemounts", "metadata.json", "mountpoint", "upper"]),
        Row(
            name: "nometadata", script: "rm metadata.json; mkdir workdir", state: .damaged, outcome: "refused",
            left: ["activemounts", "upper", "workdir"]),
        Row(
            name: "halfmetadata", script: "printf '{\"BaseDirPath\":\"/sr' > metadata.json; mkdir workdir",
            state: .damaged, outcome: "refused", left: ["activemounts", "metadata.json", "upper", "workdir"]),
        Row(
            name: "linkedworkdir", script: "ln -s /etc workdir; mkdir mountpoint", state: .damaged, outcome: "refused",
            left: ["activemounts", "metadata.json", "mountpoint", "upper", "workdir"]),
        Row(
            name: "linkedactivemounts", script: "rmdir activemounts; ln -s /etc activemounts; mkdir mountpoint",
            state: .damaged, outcome: "refused", left: ["activemounts", "metadata.json", "mountpoint", "upper"]),
        Row(
            name: "boundworkdir", script: "mkdir workdir mountpoint; mount --bind upper workdir", state: .damaged,
            outcome: "refused", left: ["activemounts", "metadata.json", "mountpoint", "upper", "workdir"]),
        Row(
            name: "bounduses", script: "mkdir mountpoint; mount --bind upper activemounts", state: .damaged,
            outcome: "refused", left: ["activemounts", "metadata.json", "mountpoint", "upper"]),
        Row(
            name: "boundupper", script: "mount --bind /usr/share/doc upper", state: .damaged, outcome: "refused",
            left: restingParts),
        Row(
            name: "fileworkdir", script: "touch workdir; mkdir mountpoint", state: .damaged, outcome: "refused",
            left: ["activemounts", "metadata.json", "mountpoint", "upper", "workdir"]),
        Row(
            name: "strayuse", script: "mkdir activemounts/dir mountpoint", state: .damaged, outcome: "refused",
            left: ["activemounts", "metadata.json", "mountpoint", "upper"]),
    ]

    @Test(arguments: FileSystem.allCases) func everyRow(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            for row in Self.rows {
                try await scratch.makeVolume(row.name)
                if row.mounted { try await scratch.mount(row.name) }
                try await Shell.bash("cd \(scratch.root)/\(row.name); \(row.script)")
            }
            let before = try await uppers(scratch)
            let rehearsal = try reset(scratch, rehearsal: true)
            let run = try reset(scratch)
            for row in Self.rows {
                #expect(run.outcome(row.name) == row.outcome, "\(row.name)")
                #expect(run.report(row.name)?.state == row.state, "\(row.name)")
                let rehearsed = row.outcome == "repaired" ? "planned" : row.outcome
                #expect(rehearsal.outcome(row.name) == rehearsed, "\(row.name), rehearsed")
                let left = try await parts(scratch, row.name)
                #expect(left == row.left, "\(row.name)")
            }
            #expect(try await uppers(scratch) == before, "an upper changed")
            let precious = try await Shell.bash("cat \(scratch.root)/obstructed/recovered-files.1/file")
            #expect(precious == "precious\n")
            // A second run finds nothing more to do.
            let again = try reset(scratch)
            #expect(again.result.summary.repaired == 0)
            #expect(again.result.summary.needPerson == run.result.summary.needPerson)
        }
    }

    private func uppers(_ scratch: Scratch) async throws -> String {
        try await Shell.bash(
            "cd \(scratch.root); for v in $(ls | grep -v boundupper); do find $v/upper -xdev -printf '%p %m %s\\n'; cat $v/upper/file; done"
        )
    }
}
