// SPDX-License-Identifier: Apache-2.0

import OverlayAgent
import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// What comes before a mount and after an unmount, on the same plans and the same crash rules.
@Suite struct MountPlanTests {
    private func converge(_ scratch: Scratch, _ name: String, _ intent: Intent) throws -> VolumeReport {
        let store = try VolumeStore.openOrMake(scratch.rootPath)
        let prover = Prover(store, scratch: "/run")
        let converger = Converger(
            store, intent, isRehearsal: false, mounts: MountsBelow(store), deadline: 0, prover: prover)
        guard let report = converger.converge([try VolumeName(validating: name.utf8)]).first else {
            throw Shell.Failed(description: "no report of \(name)")
        }
        return report
    }

    private let mountScript = """
        mount -t overlay overlayd_web mountpoint -o lowerdir=../../base,upperdir=upper,workdir=workdir
        """

    @Test(arguments: FileSystem.allCases) func volatileRound(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("chown 1000:1001 \(scratch.base); chmod 2770 \(scratch.base)")
            let before = try converge(scratch, "web", .mount(volatile: true))
            #expect(before.done == [.renewUpper, .makeWorkdir, .makeMountpoint])
            let made = try await Shell.bash(
                "cd \(scratch.root)/web; ls -A upper; stat -c '%a %u:%g' upper; cat .overlayd-trash.1/file")
            #expect(made == "2770 1000:1001\nwritten-by-a-user\n")
            let used = try await Shell.bash(
                "cd \(scratch.root)/web; \(mountScript); stat -c %a mountpoint; echo new > mountpoint/new; umount mountpoint"
            )
            #expect(used == "2770\n")
            let after = try converge(scratch, "web", .unmounted)
            #expect(after.done == [.removeMountpoint, .discardWorkdir])
            #expect(try await Shell.bash("cat \(scratch.root)/web/upper/new") == "new\n")
        }
    }

    /// An overlay of another workdir on our upper loses nothing by a reset, which leaves the upper as it is;
    /// but it must not get a second one beside it, nor lose the upper.
    @Test func anotherWorkdirOnTheSameUpper() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash(
                """
                cd \(scratch.root)/web; mkdir workdir mountpoint \(scratch.path)/work \(scratch.path)/other
                mount -t overlay other -o lowerdir=\(scratch.base),upperdir=$PWD/upper,workdir=\(scratch.path)/work \
                  \(scratch.path)/other
                exec {held}<\(scratch.path)/other; umount -l \(scratch.path)/other
                (echo $BASHPID > \(scratch.path)/pid; exec sleep 60) >/dev/null 2>&1 &
                """)
            let mount = try converge(scratch, "web", .mount(volatile: true))
            #expect(mount.state == .detached && mount.done.isEmpty)
            let reset = try converge(scratch, "web", .reset)
            #expect(reset.done == [.removeMountpoint, .discardWorkdir])
            let requests = VolumeRequests(try VolumeStore.openOrMake(scratch.rootPath))
            #expect(throws: VolumeRequests.Failure.self) {
                _ = try requests.remove(try VolumeName(validating: "web".utf8))
            }
            #expect(try await Shell.bash("cat \(scratch.root)/web/upper/file") == "written-by-a-user\n")
            try await Shell.bash("kill $(cat \(scratch.path)/pid)")
        }
    }

    /// A mounted volume is joined: nothing is to be done. One whose mount got lost keeps its upper.
    @Test func joinsAndResumes() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            #expect(try converge(scratch, "web", .mount(volatile: true)).done.isEmpty)
            try await Shell.bash("umount \(scratch.root)/web/mountpoint")
            let lost = try converge(scratch, "web", .mount(volatile: true))
            #expect(lost.done == [.discardWorkdir, .makeWorkdir])
            #expect(
                try await Shell.bash("cat \(scratch.root)/web/upper/file; ls \(scratch.root)/web/activemounts")
                    == "written-by-a-user\nuse1\n")
            #expect(try converge(scratch, "web", .unmounted).done.isEmpty, "something still uses it")
        }
    }

    /// Never a second overlay on a live upper.
    @Test func refusesWhatIsHeldOrForeign() async throws {
        try await withScratch { scratch in
            for name in ["held", "foreign"] { try await scratch.makeVolume(name) }
            try await scratch.mount("held")
            try await Shell.bash(
                "cd \(scratch.root); mkdir foreign/mountpoint; mount -t tmpfs x foreign/mountpoint; rm held/activemounts/*"
            )
            let holder = Task {
                try await Shell.bash(
                    "cd \(scratch.root)/held/mountpoint; umount -l .; touch \(scratch.path)/ready; sleep 1")
            }
            try await Shell.bash("until [ -e \(scratch.path)/ready ]; do sleep 0.01; done")
            let before = try await scratch.snapshot()
            for name in ["held", "foreign"] {
                #expect(try converge(scratch, name, .mount(volatile: true)).needsPerson, "\(name)")
            }
            #expect(try await scratch.snapshot() == before)
            _ = try await holder.value
        }
    }

    /// Stopped after every step of a volatile mount's preparation: the next reset ends clean, and the
    /// upper is the old one whole or the new one whole.
    @Test func everyStepOfAMount() async throws {
        try await withScratch { scratch in
            var buffer = EntryBuffer()
            for stop in 0...4 {
                let name = "v\(stop)"
                try await scratch.makeVolume(name)
                let store = try VolumeStore.openOrMake(scratch.rootPath)
                let tree = try store.open(try VolumeName(validating: name.utf8))
                var facts = tree.look(.thorough, locking: true, buffer: &buffer) { _ in .mounted }
                facts.holding = .free(namespaces: 1)
                for step in Reconciler.decide(facts, for: .mount(volatile: true)).steps.prefix(stop) {
                    _ = try tree.perform(step, buffer: &buffer)
                }
                tree.unlock()
                #expect(["repaired", "untouched"].contains(try reset(scratch).outcome(name)))
                let end = try await Shell.bash(
                    "cd \(scratch.root)/\(name); ls | xargs; cat upper/file .overlayd-trash.1/file 2>/dev/null || true")
                #expect(end == "activemounts metadata.json upper\nwritten-by-a-user\n", "stopped after \(stop)")
            }
        }
    }
}
