// SPDX-License-Identifier: Apache-2.0

import Glibc
import OverlayCore
import OverlayKernel
import Synchronization
import SystemPackage
import TestSupport

/// One thread removes tree after tree, the other swaps in the tree that is being removed.
final class Attack: Sendable {
    private let scratch: Scratch
    private let rounds: Int
    private let round = Atomic<Int>(0)
    private let roles = Atomic<Int>(0)
    /// The round the attacker has come to.
    private let seen = Atomic<Int>(-1)
    private let count = Atomic<Int>(0)

    init(_ scratch: Scratch, rounds: Int) {
        self.scratch = scratch
        self.rounds = rounds
    }

    var swaps: Int { count.load(ordering: .relaxed) }

    func run() {
        onThreads(2) { [self] in
            if roles.add(1, ordering: .relaxed).oldValue == 0 { remove() } else { swap() }
        }
    }

    private func remove() {
        guard let root = try? Directory(path: scratch.rootPath) else { return }
        var buffer = EntryBuffer()
        for number in 0..<rounds {
            round.store(number, ordering: .sequentiallyConsistent)
            while seen.load(ordering: .sequentiallyConsistent) < number {}
            _ = root.removeTree(EntryName(prefix: EntryName("v"), number: number), buffer: &buffer)
        }
        round.store(rounds, ordering: .sequentiallyConsistent)
    }

    private func swap() {
        while true {
            let number = round.load(ordering: .sequentiallyConsistent)
            guard number < rounds else { return }
            seen.store(number, ordering: .sequentiallyConsistent)
            let inner = "\(scratch.root)/v\(number)/x/inner"
            let aside = "\(scratch.root)/aside"
            guard rename(inner, aside) == 0 else { continue }
            if symlink("\(scratch.path)/outside", inner) == 0 { count.add(1, ordering: .relaxed) }
            unlink(inner)
            // Back again, or out of the next round's way when its parent is gone.
            if rename(aside, inner) != 0 { rename(aside, "\(scratch.root)/rest\(number)") }
        }
    }
}
