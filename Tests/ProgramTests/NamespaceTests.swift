// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The programs act in pid 1's mount namespace only, and keep what they cannot prove free.
@Suite struct NamespaceTests {
    @Test func refusesAnotherMountNamespace() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            let before = try await scratch.snapshot()
            // Not a tree that needs a person: the oneshot could not do its work at all.
            for (program, status) in [
                (try builtProgram("overlayd-reset"), CInt(2)), ("\(try builtProgram("overlayctl")) reset", 1),
            ] {
                let script = "umount \(scratch.root)/web/mountpoint; exec \(program) --volumes-root \(scratch.root)"
                let output = try await Shell.run(
                    "/usr/bin/unshare", ["--mount", "--propagation", "private", "bash", "-c", script])
                #expect(output.status == status)
                #expect(output.err.contains("this is not the mount namespace of pid 1"))
            }
            #expect(try await scratch.snapshot() == before)
            #expect(try await Shell.bash("cat \(scratch.root)/web/mountpoint/file") == "written-by-a-user\n")
        }
    }

    /// rmdir of a mountpoint from a namespace without the mount would tear it down: the scan sees it
    /// even when told to run there.
    @Test func seesTheHostsMountFromAnotherNamespace() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            let output = try await Shell.run(
                "/usr/bin/unshare",
                [
                    "--mount", "--propagation", "private", "bash", "-c",
                    "umount \(scratch.root)/web/mountpoint; exec \(try builtProgram("overlayd-reset")) --namespace=self --volumes-root \(scratch.root)",
                ])
            #expect(output.status == 1)
            #expect(output.out.contains("web: detached, left as it is: its overlay (docker-on-top_web) is mounted at"))
            #expect(try await Shell.bash("cat \(scratch.root)/web/mountpoint/file") == "written-by-a-user\n")
        }
    }

    /// In a user namespace the kernel gives neither the mark nor the list of namespaces: the probe's
    /// test of itself finds that out, and nothing is deleted.
    @Test func keepsWhatCannotBeProvenFree() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            let before = try await scratch.snapshot()
            let output = try await Shell.run(
                "/usr/bin/unshare",
                [
                    "--user", "--map-root-user", "--mount", try builtProgram("overlayd-reset"), "--namespace=self",
                    "--volumes-root", scratch.root,
                ])
            #expect(output.status == 1, "\(output)")
            #expect(output.out.contains("web: lost, left as it is: "))
            #expect(output.out.contains("nothing was deleted; overlayctl check tells what is missing"))
            #expect(try await scratch.snapshot() == before)
        }
    }

    /// While a batch is being proven, docker-on-top starts: it makes activemounts/ anew, takes the lock of
    /// the new one and mounts in its own namespace, where our rmdir would succeed and take the mount along.
    @Test func aLockThatWasLostBeforeTheFirstStep() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            let program = try builtProgram("overlayd-reset")
            let seen = try await Shell.bash(
                """
                cd \(scratch.root)/web
                strace -f -o /dev/null -e trace=fsconfig -e inject=fsconfig:delay_enter=1000000:when=1 \
                  \(program) --volumes-root \(scratch.root) >\(scratch.path)/out & reset=$!
                for i in $(seq 500); do flock -n activemounts true || break; sleep 0.01; done
                rm activemounts/*; rmdir activemounts; mkdir activemounts
                exec {lock}<activemounts; flock -n $lock; touch activemounts/theirs
                wait $reset || echo status $?
                cat \(scratch.path)/out; ls -d mountpoint workdir activemounts/theirs
                """)
            #expect(seen.hasPrefix("status 1\nweb: not reset: another program keeps its lock."), "\(seen)")
            #expect(seen.hasSuffix("activemounts/theirs\nmountpoint\nworkdir\n"), "\(seen)")
        }
    }
}
