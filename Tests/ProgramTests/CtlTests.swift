// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// overlayctl as people and scripts use it.
@Suite struct CtlTests {
    @Test func aVolumesLife() async throws {
        try await withScratch { scratch in
            let root = "--volumes-root=\(scratch.root)/new/root"
            try await Shell.bash("chown 1000:1001 \(scratch.base); chmod 2775 \(scratch.base)")
            let made = try await Program.ctl("volume", "create", "web", "-o", "base=\(scratch.base)", root)
            #expect(made.description == "exit 0\nweb\n")
            let attributes = try await Shell.bash(
                "cd \(scratch.root)/new/root; stat -c '%a %u:%g' web web/upper . ; cat web/metadata.json")
            #expect(
                attributes
                    == "700 0:0\n2775 1000:1001\n700 0:0\n{\"BaseDirPath\":\"\(scratch.base)\",\"Volatile\":false}")
            let again = try await Program.ctl("volume", "create", "web", "-o", "base=\(scratch.base)", root)
            #expect(again.description == "exit 1\noverlayctl: web: volume already exists\n")
            let listed = try await Program.ctl("volume", "ls", root)
            #expect(
                listed.out
                    == "VOLUME  BASE\(String(repeating: " ", count: scratch.base.count - 2))VOLATILE\nweb     \(scratch.base)  no\n"
            )
            let inspected = try await Program.ctl("volume", "inspect", "web", root)
            #expect(inspected.out.contains("\"Mountpoint\" : \"\(scratch.root)/new/root/web/mountpoint\""))
            let removed = try await Program.ctl("volume", "rm", "web", root)
            #expect(removed.description == "exit 0\nweb\n")
            #expect(try await Shell.bash("ls -A \(scratch.root)/new/root") == "")
            let gone = try await Program.ctl("volume", "rm", "web", root)
            #expect(gone.description == "exit 1\noverlayctl: web: no such volume\n")
            #expect(try await Program.ctl("volume", "rm", "-f", "web", root).status == 0)
        }
    }

    @Test(arguments: [
        (["x/y", "-o", "base=/"], 2, "volume name cannot contain slashes"),
        (["-x", "-o", "base=/"], 2, ""),
        ([".x", "-o", "base=/"], 2, "volume name contains illegal characters"),
        (["y"], 2, "`base` option must be provided and set to an absolute path to the base directory on host"),
        (["y", "-o", "base=relative"], 2, "`base` must be an absolute path"),
        (
            ["y", "-o", "base=/", "-o", "volatile=maybe"], 2,
            "option `volatile` must be either 'true', 'false', 'yes', or 'no'"
        ),
        (["y", "-o", "base=/", "-o", "colour=blue"], 2, "Invalid option colour"),
        (["y", "-o", "base=/nowhere/at/all"], 1, "the base directory does not exist"),
        (["y", "-o", "base=/etc/passwd"], 1, "the base is a file; it must be a directory"),
        (["y", "-o", "base=/proc/self/exe"], 1, "the base is a file; it must be a directory"),
    ])
    func refusesToCreate(_ arguments: [String], _ status: Int32, _ words: String) async throws {
        try await withScratch { scratch in
            let output = try await Shell.run(
                try builtProgram("overlayctl"), ["volume", "create", "--volumes-root", scratch.root] + arguments)
            #expect(output.status == status, "\(output)")
            #expect(output.err.contains(words), "\(output)")
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "")
        }
    }

    /// Any byte but NUL in a base: the directory is found again from what is stored.
    @Test func basesOfAnyBytes() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                i=0; for name in 'a,b:c' 'back\\slash' 'with space' $'new\\nline' $'not\\xffutf8' $'\\xf4\\x8f\\xbf\\xbd'; do
                  mkdir "\(scratch.base)/$name"
                  \(try builtProgram("overlayctl")) volume create v$i -o base="\(scratch.base)/$name" --volumes-root \(scratch.root)
                  i=$((i+1))
                done; [ $i = 6 ]
                """)
            let status = try await Program.ctl("status", "--volumes-root", scratch.root)
            #expect(status.status == 0)
            #expect(status.out.contains("6 volumes: 6 clean"))
            #expect(status.out.contains("not\\xffutf8"))
            #expect(status.out.split(separator: "\n").count == 8, "a newline in a name reached the terminal")
            let bytes = try await Shell.bash("cat \(scratch.root)/v4/metadata.json")
            #expect(bytes.contains("ff75746638\"}"))
        }
    }

    @Test func refusesToRemoveWhatIsUsed() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            let root = "--volumes-root=\(scratch.root)"
            let before = try await scratch.snapshot()
            #expect(try await Program.ctl("volume", "rm", "web", root).err.contains("the volume is in use: 1 use"))
            try await Shell.bash("rm \(scratch.root)/web/activemounts/use1")
            #expect(try await Program.ctl("volume", "rm", "web", root).err.contains("the volume is mounted"))
            let open = Task {
                try await Shell.bash(
                    "cd \(scratch.root)/web/mountpoint; umount -l .; touch \(scratch.path)/ready; sleep 2")
            }
            try await Shell.bash("until [ -e \(scratch.path)/ready ]; do sleep 0.01; done")
            #expect(try await Program.ctl("volume", "rm", "web", root).err.contains("its overlay is still alive"))
            _ = try await open.value
            try await Shell.bash("printf '{\"UsageCount\":1}' > \(scratch.root)/web/activemounts/use1")
            #expect(try await scratch.snapshot() == before)
        }
    }

    /// What is no volume, or holds what is none of ours, goes with no removal.
    @Test(arguments: [
        ("rm -r activemounts upper metadata.json; touch payroll", "it is not a volume", "is not a volume"),
        ("rm metadata.json; touch payroll", "it is not a volume", "is not a volume"),
        ("touch payroll", "it holds payroll", ""),
        ("mkdir recovered-files.1; touch recovered-files.1/payroll", "it holds recovered-files.1", ""),
        ("mkdir mountpoint; touch mountpoint/payroll", "it holds mountpoint", "recovered-files"),
    ])
    func keepsWhatIsNotItsOwn(_ script: String, _ words: String, _ resetWords: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; \(script)")
            let root = "--volumes-root=\(scratch.root)"
            let before = try await scratch.snapshot()
            let removed = try await Program.ctl("volume", "rm", "web", root)
            #expect(removed.status == 1 && removed.err.contains(words), "\(removed)")
            #expect(try await scratch.snapshot() == before)
            #expect(try await Program.reset(root).out.contains(resetWords))
            #expect(
                try await Shell.bash("find \(scratch.root)/web -name payroll -o -name 'recovered-files.1' | head -n 1")
                    != "")
        }
    }

    @Test func finishesHalfAVolume() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; rm metadata.json; rmdir activemounts")
            let root = "--volumes-root=\(scratch.root)"
            #expect(try await Program.ctl("check", root).out.contains("BAD  web: damaged: metadata.json is missing"))
            let finished = try await Program.ctl(
                "volume", "create", "--finish", "web", "-o", "base=\(scratch.base)", root)
            #expect(finished.status == 0, "\(finished)")
            #expect(try await Program.ctl("status", "--no-legend", root).out.hasPrefix("web  clean"))
            #expect(try await Shell.bash("cat \(scratch.root)/web/upper/file") == "written-by-a-user\n")
            let again = try await Program.ctl("volume", "create", "--finish", "web", "-o", "base=\(scratch.base)", root)
            #expect(again.err.contains("there is nothing to finish"))
        }
    }

    @Test func plansWithReasons() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            let root = "--volumes-root=\(scratch.root)"
            let plan = try await Program.ctl("plan", root)
            let lines = plan.out.split(separator: "\n").map { String($0) }
            #expect(lines.first == "web: lost")
            #expect(lines.contains("   because 1 use is recorded"))
            #expect(lines.contains { $0.contains("no live overlay is in the way") })
            #expect(
                lines.suffix(3) == [
                    "   1. remove the empty mountpoint/", "   2. drop the use records in activemounts/",
                    "   3. discard workdir/",
                ])
            #expect(try await Program.ctl("plan", "--json", root).out.contains("\"state\":\"lost\""))
            #expect(try await Program.ctl("reset", "web", root).out.contains("1 reset"))
            #expect(try await Program.ctl("reset", "nosuch", root).status == 1)
            #expect(try await Program.ctl("plan", root).out == "nothing to do\n")
            let status = try await Program.ctl("status", "--json=pretty", root)
            #expect(status.out.contains("\"state\" : \"clean\""), "\(status)")
        }
    }
}
