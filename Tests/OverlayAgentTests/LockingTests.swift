// SPDX-License-Identifier: Apache-2.0

import OverlayAgent
import OverlayCore
import TestSupport
import Testing

/// A reset beside others: docker-on-top, a second reset, hosts with live volumes.
@Suite struct LockingTests {
    @Test func waitsForALockThatIsGivenBack() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            let holder = Task {
                try await Shell.bash(
                    "flock \(scratch.root)/web/activemounts bash -c 'touch \(scratch.path)/held; sleep 0.5'")
            }
            try await Shell.bash("until [ -e \(scratch.path)/held ]; do sleep 0.01; done")
            let run = try reset(scratch)
            _ = try await holder.value
            #expect(run.outcome("web") == "repaired")
        }
    }

    @Test func givesUpOnALockThatIsKept() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            try await scratch.makeDirty("zoo")
            let holder = Task {
                try await Shell.bash(
                    "flock \(scratch.root)/web/activemounts bash -c 'touch \(scratch.path)/held; sleep 8'")
            }
            try await Shell.bash("until [ -e \(scratch.path)/held ]; do sleep 0.01; done")
            let before = try await scratch.snapshot("\(scratch.root)/web")
            let run = try reset(scratch)
            #expect(run.outcome("web") == "locked")
            #expect(run.outcome("zoo") == "repaired")
            #expect(try await scratch.snapshot("\(scratch.root)/web") == before)
            holder.cancel()
            _ = try? await holder.value
        }
    }

    /// docker-on-top removes and remakes activemounts/ at its start, taking no lock.
    @Test func survivesActivemountsBeingRemade() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty(count: 40)
            let remaking = Task {
                try await Shell.bash(
                    """
                    for round in 1 2 3; do for v in \(scratch.root)/*; do
                      rm -rf $v/activemounts; mkdir $v/activemounts; done; done
                    """)
            }
            let run = try reset(scratch)
            _ = try await remaking.value
            #expect(run.result.summary.needPerson == 0)
            #expect(try reset(scratch).result.summary.clean == 40)
        }
    }

    @Test func twoAtOnce() async throws {
        try await withScratch(.ext4) { scratch in
            try await scratch.makeDirty(count: 500)
            let before = try await Shell.bash("cat \(scratch.root)/*/upper/file | md5sum")
            async let one = reset(scratch)
            async let other = reset(scratch)
            let runs = try await [one, other]
            #expect(runs.map(\.result.summary.needPerson) == [0, 0])
            #expect(try reset(scratch).result.summary.clean == 500)
            #expect(try await Shell.bash("cat \(scratch.root)/*/upper/file | md5sum") == before)
        }
    }

    /// The second run in a boot, with volumes live: it harms none and they go on working.
    @Test func leavesLiveVolumesAlone() async throws {
        try await withScratch { scratch in
            for name in ["one", "two"] {
                try await scratch.makeVolume(name)
                try await scratch.mount(name)
            }
            try await scratch.makeDirty("three")
            for _ in 1...3 { _ = try reset(scratch) }
            let works = try await Shell.bash(
                """
                cd \(scratch.root)/one/mountpoint; cat file; rm file; mkdir dir; echo new > dir/new; cat dir/new
                ls \(scratch.root)/one/upper/dir
                """)
            #expect(works == "written-by-a-user\nnew\nnew\n")
            #expect(try await parts(scratch, "three") == restingParts)
        }
    }
}
