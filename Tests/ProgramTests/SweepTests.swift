// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The real program on real trees, stopped or refused at every single system call it makes.
@Suite(.serialized) struct SweepTests {
    /// Every kind of tree, few of them: each run is made once per system call.
    private func makeTrees(_ scratch: Scratch) async throws {
        try await Shell.bash("rm -rf --one-file-system \(scratch.root); mkdir \(scratch.root)")
        try await Shell.bash(
            """
            cd \(scratch.root)
            for v in crashed full obstructed halfway clean; do
              mkdir -p $v/activemounts $v/upper; chmod 700 $v; echo $v > $v/upper/file
              printf '{"BaseDirPath":"\(scratch.base)","Volatile":false}' > $v/metadata.json
            done
            mkdir -p {crashed,full}/mountpoint {crashed,full,halfway}/workdir/work; rmdir halfway/activemounts
            touch {crashed,full}/activemounts/use1 crashed/activemounts/use2 full/workdir/work/{a,b}
            mkdir obstructed/mountpoint; echo precious > obstructed/mountpoint/file
            """)
    }

    /// What must hold after any run, and after the next undisturbed one.
    private func check(_ scratch: Scratch, _ context: String) async throws {
        let program = try builtProgram("overlayd-reset")
        let kept = try await kept(scratch)
        #expect(kept == "clean\ncrashed\nfull\nhalfway\nobstructed\nprecious\n", "\(context): lost something")
        let next = try await Shell.run(program, ["--volumes-root", scratch.root])
        #expect(next.status == 0, "\(context): the next run says \(next)")
        let emptied = try await Shell.run(program, ["--empty-trash", "--volumes-root", scratch.root])
        #expect(emptied.status == 0, "\(context): emptying says \(emptied)")
        let left = try await Shell.bash(
            "cd \(scratch.root); find . -mindepth 1 | LC_ALL=C sort | grep -v recovered-files || true")
        let resting = ["clean", "crashed", "full", "halfway", "obstructed"].flatMap { name in
            ["", "/activemounts", "/metadata.json", "/upper", "/upper/file"].map { "./\(name)\($0)\n" }
        }
        #expect(left == resting.joined(), "\(context)")
        #expect(try await self.kept(scratch) == kept, "\(context): the next run lost something")
    }

    /// Every byte a user wrote: the uppers, and the file in the way.
    private func kept(_ scratch: Scratch) async throws -> String {
        try await Shell.bash(
            "cd \(scratch.root); cat */upper/file; find obstructed -name file -not -path '*/upper/*' -exec cat {} +")
    }

    /// How many system calls of each kind a whole run makes from its first look at a root on.
    private func calls(_ scratch: Scratch) async throws -> [(name: String, count: Int)] {
        try await makeTrees(scratch)
        let program = try builtProgram("overlayd-reset")
        let trace = try await Shell.bash(
            """
            strace -f -o \(scratch.path)/trace \(program) --volumes-root \(scratch.root) >/dev/null
            sed -E 's/^[0-9]+ +//' \(scratch.path)/trace | grep -oE '^[a-z_0-9]+\\(' | tr -d '(' | sort | uniq -c
            """)
        return trace.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 2, let count = Int(fields[0]) else { return nil }
            return (String(fields[1]), count)
        }
    }

    /// The calls that touch files, mounts or locks. What else there is (memory, signals, threads) is
    /// the runtime's, and a kill there leaves what a kill at the next of these leaves.
    private static let ours: Set<String> = [
        "openat2", "close", "getdents64", "read", "unlinkat", "mkdirat", "renameat2", "flock", "syncfs", "fsync",
        "statx", "lseek", "fsopen", "fsconfig", "fsmount", "ioctl", "readlink", "write", "prlimit64",
    ]

    @Test func killedAtEverySystemCall() async throws {
        try await withScratch { scratch in
            let program = try builtProgram("overlayd-reset")
            var runs = 0
            for (name, count) in try await calls(scratch) where Self.ours.contains(name) {
                for when in 1...count {
                    try await makeTrees(scratch)
                    _ = try await Shell.run(
                        "/usr/bin/strace",
                        [
                            "-f", "-o", "/dev/null", "-e", "inject=\(name):signal=KILL:when=\(when)", program,
                            "--volumes-root", scratch.root,
                        ])
                    try await check(scratch, "killed at \(name) \(when)")
                    runs += 1
                }
            }
            #expect(runs > 100, "the sweep hardly swept: \(runs) runs")
        }
    }

    @Test func everySystemCallFailingOnce() async throws {
        try await withScratch { scratch in
            let program = try builtProgram("overlayd-reset")
            var runs = 0
            // Output that cannot be written and a close that complains must not stop a reset either.
            let faults = [
                "openat2": "EIO", "unlinkat": "EIO", "renameat2": "ENOSPC", "mkdirat": "ENOSPC", "close": "EIO",
            ]
            for (name, count) in try await calls(scratch) where Self.ours.contains(name) {
                for when in 1...count {
                    try await makeTrees(scratch)
                    let fault = faults[name] ?? "EIO"
                    let output = try await Shell.run(
                        "/usr/bin/strace",
                        [
                            "-f", "-o", "/dev/null", "-e", "inject=\(name):error=\(fault):when=\(when)", program,
                            "--volumes-root", scratch.root,
                        ])
                    // It ends by itself and says what failed, or was not hurt by it; 127 is the dynamic
                    // loader's word for libraries it could not read.
                    let neverStarted = output.status == 127 && output.err.contains("while loading shared libraries")
                    #expect([0, 1, 2].contains(output.status) || neverStarted, "\(name) \(when) \(fault): \(output)")
                    if [1, 2].contains(output.status) {
                        #expect((output.out + output.err).contains(":"), "\(name) \(when) \(fault) says nothing")
                    }
                    try await check(scratch, "\(fault) at \(name) \(when)")
                    runs += 1
                }
            }
            #expect(runs > 100, "the sweep hardly swept: \(runs) runs")
        }
    }
}
