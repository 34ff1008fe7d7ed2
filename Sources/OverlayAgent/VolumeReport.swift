// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel

/// What was found of one volume, what was done, and how it ended.
package struct VolumeReport: Sendable {
    package enum Outcome: Sendable {
        /// Nothing was to be done: clean, or mounted and left as it is.
        case untouched
        case repaired
        /// What would be done; nothing was.
        case planned([Step])
        case refused(Refusal)
        case failed(KernelError)
        /// Another program kept the volume's lock.
        case locked
        /// It changed each time it was looked at.
        case unsettled
    }

    package var name: VolumeName
    /// Nil where the directory could not be opened.
    package var state: VolumeState?
    package var facts: VolumeFacts?
    package var done: [Step] = []
    package var outcome: Outcome
    /// Where the files are that were found in `mountpoint/`.
    package var recovered: EntryName?

    /// Whether a person must look at it.
    package var needsPerson: Bool {
        switch outcome {
        case .untouched, .repaired, .planned: false
        case .refused, .failed, .locked, .unsettled: true
        }
    }

    package var isMounted: Bool {
        switch facts?.mountpoint {
        case .mounted, .stacked, .foreign: true
        default: false
        }
    }
}

/// Counts over all trees of a root.
package struct Summary: Sendable {
    package var volumes = 0
    package var clean = 0
    package var repaired = 0
    package var planned = 0
    package var mounted = 0
    package var needPerson = 0
    /// Trees at rest but for what was set aside: clean only once that is gone.
    package var withTrash = 0
    package var trash = 0

    package init() {}

    package mutating func count(_ report: VolumeReport) {
        volumes += 1
        trash += report.facts?.trash ?? 0
        if report.needsPerson {
            needPerson += 1
        } else if case .repaired = report.outcome {
            repaired += 1
        } else if case .planned = report.outcome {
            planned += 1
        } else if report.isMounted {
            mounted += 1
        } else if report.facts?.trash ?? 0 > 0 {
            withTrash += 1
        } else {
            clean += 1
        }
    }
}
