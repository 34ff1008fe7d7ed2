// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// Namespaces that are hard to find, and overlays that are hard to read.
@Suite struct NamespaceScanReachTests {
    private func overlay(_ scratch: Scratch) -> String {
        """
        mkdir -p upper work mnt; mount -t overlay overlayd_web \
          -o lowerdir=\(scratch.base),upperdir=\(scratch.path)/upper,workdir=\(scratch.path)/work mnt
        """
    }

    private func sees(_ scratch: Scratch, _ way: NamespaceScan.Way) throws -> Bool {
        let upper = Array("\(scratch.path)/upper".utf8)
        return try NamespaceScan.look(way).overlays.contains { $0.upper == upper }
    }

    /// Kept by its file alone, held open in another namespace. (A bind mount of the file, as
    /// `unshare --mount=FILE` makes one, is the same to the kernel; but Linux 6.18 refuses it by chance,
    /// when the new namespace has got the lower number of the two.)
    @Test func withoutAnyProcess() async throws {
        try await withScratch { scratch in
            let holder = try await Holder.start(scratch, in: .apart, overlay(scratch))
            let keeper = try await Holder.start(scratch, "exec 5< /proc/\(holder.pid)/ns/mnt")
            try await holder.end()
            for way in NamespaceScan.Way.usableHere {
                // /proc shows processes only: the blind spot of that way, which the probe covers.
                #expect(try sees(scratch, way) == (way == .kernel), "\(way)")
            }
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; rm -r upper; mv ../../upper .; mv ../../work workdir")
            #expect(try InUseProbe(.descriptors, .detached).answer(scratch) == .held)
            try await keeper.end()
            #expect(try InUseProbe(.descriptors, .detached).answer(scratch) == .free)
        }
    }

    /// `docker cp` enters a namespace in one thread of dockerd: /proc/PID/ns/mnt does not tell of it.
    @Test(arguments: NamespaceScan.Way.usableHere) func inOneThreadOnly(_ way: NamespaceScan.Way) async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cat > \(scratch.path)/thread.c <<'C'
                #define _GNU_SOURCE
                #include <fcntl.h>
                #include <pthread.h>
                #include <sched.h>
                #include <unistd.h>
                static void *enter(void *path) {
                    int fd = open(path, O_RDONLY | O_CLOEXEC);
                    if (unshare(CLONE_FS) || setns(fd, CLONE_NEWNS)) _exit(1);
                    close(fd);
                    if (write(1, "in\\n", 3) != 3) _exit(1);
                    close(1);
                    for (;;) pause();
                }
                int main(int count, char **words) {
                    pthread_t thread;
                    if (count != 2 || pthread_create(&thread, 0, enter, words[1])) return 1;
                    return pthread_join(thread, 0);
                }
                C
                $(command -v clang || command -v cc) -pthread -o \(scratch.path)/thread \(scratch.path)/thread.c
                """)
            let holder = try await Holder.start(scratch, in: .apart, overlay(scratch))
            let pid = try await Shell.bash(
                """
                cd \(scratch.path); mkfifo in
                ./thread /proc/\(holder.pid)/ns/mnt > in 2> /dev/null < /dev/null &
                read -r word < in; [ "$word" = in ]; echo $!
                """)
            try await holder.end()
            #expect(try sees(scratch, way))
            try await Holder(pid: pid.filter(\.isNumber)).end()
            #expect(try !sees(scratch, way))
        }
    }

    /// 120 lowers of long names: more than a page of options, which neither the buffer for
    /// statmount(2) nor that for mountinfo may cut.
    @Test(arguments: NamespaceScan.Way.usableHere) func manyLowers(_ way: NamespaceScan.Way) async throws {
        try await withScratch { scratch in
            let long = String(repeating: "x", count: 200)
            try await Shell.bash(
                """
                cd \(scratch.path); mkdir upper work mnt; lowers=()
                for i in $(seq 120); do mkdir \(long)$i; lowers+=(lowerdir+=$PWD/\(long)$i); done
                \(mountVerbatim) $PWD/mnt source=many "${lowers[@]}" upperdir=$PWD/upper workdir=$PWD/work
                """)
            #expect(try sees(scratch, way))
        }
    }

    /// More mounts than one listmount(2) call answers with.
    @Test(arguments: NamespaceScan.Way.usableHere) func manyMounts(_ way: NamespaceScan.Way) async throws {
        try await withScratch { scratch in
            let script = """
                perl -e 'my ($from, $empty) = ("base", "");
                    for (1..1300) { my $to = "m$_"; mkdir $to; my $tree = syscall(428, -100, $from, 0x80001);
                        syscall(429, $tree, $empty, -100, $to, 4) == 0 or die "move_mount: $!"; }'
                \(overlay(scratch))
                """
            try await withHolder(scratch, in: .apart, script) { (_: Holder) async throws in
                #expect(try sees(scratch, way))
            }
        }
    }
}
