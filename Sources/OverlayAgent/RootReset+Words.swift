// SPDX-License-Identifier: Apache-2.0

internal import OverlayCore
internal import OverlayKernel
package import OverlaySystemd
internal import SystemPackage
package import VolumeTrees

extension RootReset {
    /// Runs and tells about it: each tree that was not clean, what was skipped, what is set aside, and
    /// the summary.
    package func run(_ store: VolumeStore, log: Log) -> Result {
        let start = ProcessControl.nanoseconds()
        let root = store.path.shown
        let result = run(store) { reports in log.tell(reports.map { VolumeNotice($0, root: root) }) }
        if only == nil { log.tell(result.skipped.map { notice($0, root) }) }
        if let failure = result.failure {
            log.tell(.rootUnusable, "\(failure)", [("OVERLAYD_ROOT", root), ("ERRNO", "\(failure.errno.rawValue)")])
        }
        if let trash = Wording.trash(result.summary.trash + result.leftBehind) {
            log.tell(.trashWaiting, trash, [("OVERLAYD_ROOT", root)])
        }
        log.tellWhatWasLeftOut()
        // Of volumes that could not even be listed there is no sum.
        guard result.failure == nil else { return result }
        tellSummary(result.summary, root, microseconds: (ProcessControl.nanoseconds() - start) / 1000, log)
        return result
    }

    private func notice(_ skipped: VolumeStore.Skipped, _ root: String) -> Notice {
        let name = skipped.name.description
        return Notice(
            .entrySkipped, "\(name): skipped: \(skipped.reason)",
            [("OVERLAYD_ROOT", root), ("OVERLAYD_VOLUME", name), ("OVERLAYD_OUTCOME", "skipped")])
    }

    private func tellSummary(_ summary: Summary, _ root: String, microseconds: Int64, _ log: Log) {
        log.tell(
            isRehearsal ? .rehearsalFinished : .resetFinished,
            Wording.summary(summary, root: root, milliseconds: microseconds / 1000),
            [
                ("OVERLAYD_ROOT", root), ("OVERLAYD_VOLUMES", "\(summary.volumes)"),
                ("OVERLAYD_CLEAN", "\(summary.clean)"), ("OVERLAYD_RESET", "\(summary.repaired)"),
                ("OVERLAYD_TO_RESET", isRehearsal ? "\(summary.planned)" : nil),
                ("OVERLAYD_MOUNTED", "\(summary.mounted)"), ("OVERLAYD_NEED_PERSON", "\(summary.needPerson)"),
                ("OVERLAYD_DURATION_USEC", "\(microseconds)"),
            ])
    }
}

extension RootReset.Result {
    /// Whether nothing in this root needs a person.
    package var isWell: Bool { failure == nil && summary.needPerson == 0 }
}
