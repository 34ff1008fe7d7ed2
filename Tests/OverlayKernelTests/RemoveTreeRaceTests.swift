// SPDX-License-Identifier: Apache-2.0

import Glibc
import OverlayCore
import OverlayKernel
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A removal among others who move things meanwhile, one that is killed, and what one needs.
@Suite struct RemoveTreeRaceTests {
    private static let victim = EntryName("victim")

    /// A thread keeps putting a link to a directory outside in a directory's place.
    @Test(arguments: [FileSystem.tmpfs, .ext4]) func anAttackerSwapsInLinks(_ fileSystem: FileSystem) async throws {
        let rounds = 250
        try await withScratch(fileSystem) { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir -p ../outside/{a,b,c}; touch ../outside/{,a/,b/,c/}{1,2,3}
                for i in $(seq 0 \(rounds - 1)); do
                  mkdir -p v$i/{x,y}/inner/{a,b,c}
                done
                for i in v*; do touch $i/x/inner/{,a/,b/,c/}{1,2,3}; done
                """)
            let before = try await scratch.snapshot("\(scratch.path)/outside")
            let attack = Attack(scratch, rounds: rounds)
            attack.run()
            #expect(attack.swaps > rounds / 10, "the attacker hardly came to act")
            #expect(try await scratch.snapshot("\(scratch.path)/outside") == before)
            // Undisturbed, it ends every one of them.
            let root = try Directory(path: scratch.rootPath)
            var buffer = EntryBuffer()
            for number in 0..<rounds {
                let removal = root.removeTree(EntryName(prefix: EntryName("v"), number: number), buffer: &buffer)
                #expect(removal.failure == nil)
            }
            #expect(try await scratch.snapshot("\(scratch.path)/outside") == before)
        }
    }

    /// Two who empty the same trash do each other's work.
    @Test func twoAtOnce() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir -p victim/{1..40}/{1..20}
                for d in victim/*/*; do : > $d/f; done
                perl -e 'chdir "victim/1/1"; for (1..500) { mkdir "d"; chdir "d" or die }'
                """)
            let failures = Mutex<[KernelError]>([])
            let path = scratch.rootPath
            onThreads(2) {
                guard let root = try? Directory(path: path) else { return }
                var buffer = EntryBuffer()
                let removal = root.removeTree(Self.victim, buffer: &buffer)
                if let failure = removal.failure { failures.withLock { $0.append(failure) } }
            }
            #expect(failures.withLock { $0 } == [])
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "")
        }
    }

    @Test(arguments: [FileSystem.tmpfs, .ext4]) func killedAndRunAgain(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir -p victim/deep; touch sibling; cd victim
                perl -e 'for (1..20000) { open F, ">", "f$_" or die }
                    chdir "deep"; for (1..500) { mkdir "d"; chdir "d" or die }'
                """)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.root as String] in
                let isDone = Atomic<Bool>(false)
                let roles = Atomic<Int>(0)
                onThreads(2) {
                    if roles.add(1, ordering: .relaxed).oldValue == 0 {
                        guard let root = try? Directory(path: FilePath(path)) else { return }
                        var buffer = EntryBuffer()
                        _ = root.removeTree(Self.victim, buffer: &buffer)
                        isDone.store(true, ordering: .relaxed)
                    } else {
                        // Until one of the many is gone: then the removal is under way.
                        while access("\(path)/victim/f777", F_OK) == 0, !isDone.load(ordering: .relaxed) {}
                        kill(getpid(), SIGKILL)
                    }
                }
            }
            let root = try Directory(path: scratch.rootPath)
            var buffer = EntryBuffer()
            let removal = root.removeTree(Self.victim, buffer: &buffer)
            #expect(removal.failure == nil)
            #expect(removal.removed > 0, "the removal was over before it was killed")
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "sibling\n")
        }
    }

    /// 3,000 levels with 48 descriptors to spare.
    @Test func descriptorsAreBounded() async throws {
        await #expect(processExitsWith: .success) {
            try await withScratch { scratch in
                try await Shell.bash(
                    """
                    cd \(scratch.root); mkdir victim; cd victim
                    perl -e 'for (1..3000) { mkdir "d"; open F, ">", "f"; chdir "d" or die }'
                    """)
                let root = try Directory(path: scratch.rootPath)
                var buffer = EntryBuffer()
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                let generous = limit.rlim_cur
                // The number that leaves 48 free below it, whatever this process inherited.
                var number: CInt = 0
                var free = 0
                while free < 48 {
                    if fcntl(number, F_GETFD) < 0 { free += 1 }
                    number += 1
                }
                limit.rlim_cur = rlim_t(number)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                let removal = root.removeTree(Self.victim, buffer: &buffer)
                limit.rlim_cur = generous
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                #expect(removal.failure == nil)
                #expect(removal.removed == 6001)
            }
        }
    }
}
