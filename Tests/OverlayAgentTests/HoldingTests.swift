// SPDX-License-Identifier: Apache-2.0

import OverlayAgent
import OverlayCore
import TestSupport
import Testing

/// Nothing is deleted under an overlay that is alive, wherever it is.
@Suite struct HoldingTests {
    /// Runs `body` while a process of its own keeps what `script` made; the script says `ready`.
    private func withHolder(
        _ scratch: Scratch, _ script: String, _ body: () async throws -> Void
    ) async throws {
        let ready = "\(scratch.path)/ready"
        try await Shell.bash("rm -f \(ready)")
        let holder = Task {
            try await Shell.run(
                "/bin/bash", ["-euc", "echo $$ >> \(scratch.path)/pid; \(script); touch \(ready); exec sleep 1000"])
        }
        try await Shell.bash("for i in $(seq 500); do [ -e \(ready) ] && exit 0; sleep 0.01; done; exit 1")
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try await Shell.bash("kill -9 $(cat \(scratch.path)/pid)")
        _ = try await holder.value
        try result.get()
    }

    @Test(arguments: FileSystem.allCases) func lazilyUnmountedAndOpen(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            let mountpoint = "\(scratch.root)/web/mountpoint"
            try await withHolder(scratch, "cd \(mountpoint); umount -l \(mountpoint)") {
                let before = try await scratch.snapshot()
                let run = try reset(scratch)
                #expect(run.outcome("web") == "refused")
                #expect(run.report("web")?.state == .detached)
                #expect(try await scratch.snapshot() == before)
            }
            #expect(try reset(scratch).outcome("web") == "repaired")
            #expect(try await parts(scratch, "web") == restingParts)
        }
    }

    @Test func mountedInAnotherNamespaceOnly() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            let script = """
                unshare --mount --propagation private bash -c 'echo $$ >> \(scratch.path)/pid
                touch \(scratch.path)/inside; exec sleep 1000' & for i in $(seq 500); do
                [ -e \(scratch.path)/inside ] && break; sleep 0.01; done
                umount \(scratch.root)/web/mountpoint
                """
            try await withHolder(scratch, script) {
                let before = try await scratch.snapshot()
                let run = try reset(scratch)
                #expect(run.report("web")?.state == .detached)
                guard case .refused(.held(let evidence)) = run.report("web")?.outcome else {
                    Issue.record("it was not refused as held: \(run.outcome("web"))")
                    return
                }
                #expect(evidence.contains("in mount namespace"))
                #expect(try await scratch.snapshot() == before)
            }
        }
    }

    /// The probe's blind spot: the mark went with the first of two overlays on one upper.
    @Test func secondOverlayOnTheSameUpper() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            try await Shell.bash(
                """
                cd \(scratch.root)/web; mkdir \(scratch.path)/other
                mount -t overlay docker-on-top_web \
                  -o lowerdir=\(scratch.base),upperdir=$PWD/upper/,workdir=$PWD/workdir/ \(scratch.path)/other
                umount mountpoint
                """)
            let run = try reset(scratch)
            #expect(run.report("web")?.state == .detached)
            try await Shell.bash("umount \(scratch.path)/other")
            #expect(try reset(scratch).outcome("web") == "repaired")
        }
    }

    /// One held volume among many: the others are reset all the same.
    @Test func heldAmongMany() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty(count: 600)
            try await scratch.makeVolume("v00300x")
            try await scratch.mount("v00300x")
            let mountpoint = "\(scratch.root)/v00300x/mountpoint"
            try await withHolder(scratch, "cd \(mountpoint); umount -l \(mountpoint)") {
                let run = try reset(scratch)
                #expect(run.result.summary.repaired == 600)
                #expect(run.result.summary.needPerson == 1)
                #expect(run.report("v00300x")?.state == .detached)
                #expect(run.reports.map(\.name) == run.reports.map(\.name).sorted())
            }
        }
    }
}
