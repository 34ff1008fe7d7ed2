// SPDX-License-Identifier: Apache-2.0

internal import OverlayCore
internal import OverlayKernel
package import VolumeTrees

extension RootReset {
    /// Runs and tells a person about it, line by line: each tree that was not clean, what was
    /// skipped, what is set aside, and the summary. False when something needs that person.
    package func run(
        _ store: VolumeStore, say: @escaping @Sendable (String) -> Void, complain: (String) -> Void
    ) -> (isWell: Bool, result: Result) {
        let start = ProcessControl.nanoseconds()
        let root = store.path.shown
        let result = run(store) { reports in
            let lines = reports.compactMap { Wording.line($0, root: root) }
            if !lines.isEmpty { say(lines.joined(separator: "\n")) }
        }
        if only == nil {
            for skipped in result.skipped { say("\(skipped.name): skipped: \(skipped.reason)") }
        }
        if let failure = result.failure { complain("\(failure)") }
        if let trash = Wording.trash(result.summary.trash + result.leftBehind) { say(trash) }
        let milliseconds = (ProcessControl.nanoseconds() - start) / 1_000_000
        say(Wording.summary(result.summary, root: root, milliseconds: milliseconds))
        return (result.failure == nil && result.summary.needPerson == 0, result)
    }
}
