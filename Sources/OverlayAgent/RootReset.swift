// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
internal import Synchronization
package import SystemPackage
package import VolumeTrees

/// Converges every volume of one root, on up to two threads, and tells of each in the order of the names.
package struct RootReset: Sendable {
    package var intent = Intent.reset
    package var isRehearsal = false
    package var scratch: FilePath
    /// Only these volumes; nil: all.
    package var only: Set<VolumeName>?

    /// Volumes asked about in one question to the kernel, and open at once in one thread.
    private static let batch = 240
    private static let threads = 2
    /// Descriptors a tree keeps open: its directory, `activemounts/` and `workdir/`.
    private static let descriptorsPerTree = 3

    package init(scratch: FilePath) { self.scratch = scratch }

    package struct Result: Sendable {
        package var summary = Summary()
        package var skipped: [VolumeStore.Skipped] = []
        package var leftBehind = 0
        /// The volumes that were looked at.
        package var found: [VolumeName] = []
        package var failure: KernelError?
    }

    /// `tell` is called with the reports of one batch after the other, in order, on any thread.
    package func run(_ store: VolumeStore, tell: @escaping @Sendable ([VolumeReport]) -> Void) -> Result {
        var result = Result()
        var buffer = EntryBuffer()
        let listing: VolumeStore.Listing
        do { listing = try store.list(&buffer) } catch {
            result.failure = error
            return result
        }
        result.skipped = listing.skipped
        result.leftBehind = listing.leftBehind.count
        let names = only.map { only in listing.volumes.filter(only.contains) } ?? listing.volumes
        result.found = names
        result.summary = converge(names, store, tell)
        // Nothing is synced: whichever of these changes a power cut undoes, in whatever order, what is
        // left is a row of the state table, and the next boot resets it again. Boot need not wait for
        // the disk. (Files found in the way are: VolumeTree.moveFilesAside.)
        return result
    }

    private func converge(
        _ names: [VolumeName], _ store: VolumeStore, _ tell: @escaping @Sendable ([VolumeReport]) -> Void
    ) -> Summary {
        guard !names.isEmpty else { return Summary() }
        let size = batchSize(for: names.count)
        let mounts = MountsBelow(store)
        let deadline = ProcessControl.nanoseconds() + Converger.lockPatience
        let progress = Progress(tell)
        // The next batch; nil when there is none, else whether something in it was repaired.
        let takeTurn: @Sendable (Converger) -> Bool? = { converger in
            let turn = progress.next.wrappingAdd(1, ordering: .relaxed).oldValue
            let start = turn * size
            guard start < names.count else { return nil }
            let reports = converger.converge(names[start..<min(start + size, names.count)])
            progress.finish(turn, reports)
            return reports.contains { !$0.done.isEmpty }
        }
        let makeConverger: @Sendable () -> Converger = { [intent, isRehearsal, scratch] in
            let prover = Prover(store, scratch: scratch)
            return Converger(
                store, intent, isRehearsal: isRehearsal, mounts: mounts, deadline: deadline, prover: prover)
        }
        // Looking is quick, and two threads that look get in each other's way in the kernel. Deleting is
        // not: the second thread comes with the first tree that needs it.
        let first = makeConverger()
        var repaired: Bool? = false
        while repaired == false { repaired = takeTurn(first) }
        guard repaired == true else { return progress.summary }
        onThreads(Self.threads) {
            let converger = makeConverger()
            while takeTurn(converger) != nil {}
        }
        return progress.summary
    }

    private func batchSize(for count: Int) -> Int {
        let descriptors = ProcessControl.raiseDescriptorLimit() - 64
        let affordable = max(descriptors / (Self.descriptorsPerTree * Self.threads), 4)
        let fairShare = (count + Self.threads - 1) / Self.threads
        return max(min(Self.batch, affordable, fairShare), 1)
    }
}

/// What the threads share: the next batch to take, and the reports, let out in order.
private final class Progress: Sendable {
    let next = Atomic<Int>(0)
    private let state: Mutex<State>
    private let tell: @Sendable ([VolumeReport]) -> Void

    private struct State {
        var turn = 0
        var early: [Int: [VolumeReport]] = [:]
        var summary = Summary()
    }

    init(_ tell: @escaping @Sendable ([VolumeReport]) -> Void) {
        self.tell = tell
        state = Mutex(State())
    }

    var summary: Summary { state.withLock(\.summary) }

    func finish(_ turn: Int, _ reports: [VolumeReport]) {
        state.withLock { state in
            for report in reports { state.summary.count(report) }
            state.early[turn] = reports
            while let ready = state.early.removeValue(forKey: state.turn) {
                tell(ready)
                state.turn += 1
            }
        }
    }
}
