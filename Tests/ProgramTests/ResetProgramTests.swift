// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// overlayd-reset as the boot and people run it: words, exit status, configuration.
@Suite struct ResetProgramTests {
    @Test func saysWhatItDid() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            try await scratch.makeVolume("clean")
            try await scratch.makeVolume("live")
            try await scratch.mount("live")
            let output = try await Program.reset("--volumes-root", scratch.root)
            #expect(output.status == 0)
            #expect(output.err == "")
            let lines = output.out.split(separator: "\n").map { String($0) }
            #expect(lines.count == 3)
            #expect(lines[0] == "live: in use, left mounted")
            #expect(lines[1] == "web: lost, reset: removed mountpoint/, dropped the recorded uses, discarded workdir/")
            let summary = "3 volumes in \(scratch.root): 1 clean, 1 reset, 1 mounted; "
            #expect(lines[2].hasPrefix(summary) && lines[2].hasSuffix(" ms"))
        }
    }

    @Test func saysUnderWhichNameFilesWereKept() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; mkdir mountpoint recovered-files.1; touch mountpoint/f")
            let output = try await Program.reset("--volumes-root", scratch.root)
            #expect(
                output.out.hasPrefix(
                    "web: obstructed, reset: kept the files found in mountpoint/ as recovered-files.2\n"))
        }
    }

    @Test func exitsWithOneWhenSomethingNeedsAPerson() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("half")
            try await Shell.bash("rm \(scratch.root)/half/metadata.json")
            let output = try await Program.reset("--volumes-root=\(scratch.root)")
            #expect(output.status == 1)
            #expect(
                output.out.hasPrefix(
                    "half: damaged, left as it is: metadata.json is missing. What to do: finish it"
                        + " (overlayctl volume create --finish half -o base=DIR) or remove it (overlayctl volume rm half)\n"
                ))
        }
    }

    @Test func aRootThatDoesNotExistIsNoError() async throws {
        let output = try await Program.reset("--volumes-root", "/nowhere/at/all")
        #expect(output.status == 0)
        #expect(output.out == "no volumes: /nowhere/at/all does not exist\n")
    }

    @Test(arguments: [
        ["--volumes-root"], ["--volumes-root", "relative"], ["--volumes-root", "/"], ["--volumes-root", "/a/../b"],
        ["--nonsense"], ["stray"], ["--dry-run=yes"], ["--dry-run", "--empty-trash"], ["--namespace=mars"],
        ["--config", "/nowhere.conf"],
    ])
    func wrongUsage(_ arguments: [String]) async throws {
        let output = try await Shell.run(try builtProgram("overlayd-reset"), arguments)
        #expect(output.status == 2)
        #expect(output.err.hasPrefix("overlayd-reset: "))
        #expect(output.out == "")
    }

    @Test func configurationAndDropIns() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            let conf = "\(scratch.path)/overlayd.conf"
            try await Shell.bash(
                """
                printf '[Volumes]\\nRoot=/nowhere\\n' > \(conf); mkdir \(conf).d
                printf '[Volumes]\\nRoot=\\nRoot=\(scratch.root)\\nColour=blue\\n' > \(conf).d/10-root.conf
                printf 'not read' > \(conf).d/README
                """)
            let output = try await Program.reset("--config", conf)
            #expect(output.status == 0)
            #expect(output.out.contains("1 volume in \(scratch.root): 0 clean, 1 reset"))
            #expect(
                output.err
                    == "overlayd-reset: \(conf).d/10-root.conf:4: [Volumes] Colour= is not known and has no effect\n")
            try await Shell.bash("printf '[Volumes]\\n\\nRoot=here\\n' > \(conf).d/20-bad.conf")
            let bad = try await Program.reset("--config", conf)
            #expect(bad.status == 2)
            #expect(bad.err.contains("\(conf).d/20-bad.conf:3: Root= wants the absolute path of a directory"))
        }
    }

    @Test func twoRootsOneBad() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            try await Shell.bash("touch \(scratch.path)/file; ln -s root \(scratch.path)/link")
            let output = try await Program.reset(
                "--volumes-root", "\(scratch.path)/file", "--volumes-root", "\(scratch.path)/link", "--volumes-root",
                scratch.root)
            #expect(output.status == 2)
            #expect(output.err.contains("Failed to open the volumes root \(scratch.path)/file: Not a directory"))
            #expect(
                output.err.contains(
                    "Failed to open the symbolic link (name the directory it leads to) \(scratch.path)/link"))
            #expect(output.out.contains("1 reset"))
        }
    }

    /// A rehearsal writes nothing and takes no lock.
    @Test func dryRunChangesNothing() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            try await scratch.makeVolume("broken")
            try await Shell.bash(
                "cd \(scratch.root)/broken; mkdir mountpoint; touch mountpoint/file; rmdir activemounts")
            let before = try await scratch.snapshot()
            let output = try await Program.reset("--dry-run", "--volumes-root", scratch.root)
            #expect(output.status == 0)
            #expect(output.out.contains("web: lost, would remove the empty mountpoint/"))
            #expect(output.out.contains("2 to reset"))
            #expect(try await scratch.snapshot() == before)
        }
    }

    /// Boot pays per volume: what is in a workdir is set aside at once and removed later.
    @Test func setsAsideAndEmpties() async throws {
        try await withScratch(.ext4) { scratch in
            try await scratch.makeDirty("web")
            try await Shell.bash("cd \(scratch.root)/web/workdir/work; seq 20000 | xargs touch")
            let reset = try await Program.reset("--volumes-root", scratch.root)
            #expect(reset.status == 0)
            #expect(reset.out.contains("1 directory is set aside; overlayd-reset --empty-trash removes it"))
            #expect(try await Shell.bash("ls \(scratch.root)/web/.overlayd-trash.1/work | wc -l") == "20000\n")
            let status = try await Program.ctl("status", "--volumes-root", scratch.root)
            #expect(status.out.contains("leftover"))
            #expect(status.out.contains("1 set aside"))
            // Killed in the middle, and taken up again.
            let program = try builtProgram("overlayd-reset")
            try await Shell.bash(
                "strace -f -o /dev/null -e inject=unlinkat:signal=KILL:when=9000 \(program) --empty-trash --volumes-root \(scratch.root) || true"
            )
            let left = try await Shell.bash("ls \(scratch.root)/web/.overlayd-trash.1/work | wc -l")
            #expect(left != "20000\n" && left != "0\n")
            let emptied = try await Program.reset("--empty-trash", "--volumes-root", scratch.root)
            #expect(emptied.status == 0)
            #expect(emptied.out.hasPrefix("web: removed what was set aside, "))
            #expect(try await Shell.bash("ls -A \(scratch.root)/web") == "activemounts\nmetadata.json\nupper\n")
            let clean = try await Program.ctl("status", "--no-legend", "--volumes-root", scratch.root)
            #expect(clean.out.hasPrefix("web  clean"))
        }
    }
}
