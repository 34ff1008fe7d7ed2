// SPDX-License-Identifier: Apache-2.0

internal import OverlayCore
internal import OverlayKernel
internal import OverlaySystemd
internal import SystemPackage

/// What is told of one volume; put into words when somebody reads them.
struct VolumeNotice: Tellable {
    private let report: VolumeReport
    private let root: String

    init(_ report: VolumeReport, root: String) {
        self.report = report
        self.root = root
    }

    var event: Event? {
        switch report.outcome {
        case .untouched: report.isMounted ? .volumeMounted : nil
        case .repaired: report.done.contains(.moveFilesAside) ? .filesRecovered : .volumeReset
        case .planned: .resetPlanned
        case .refused(.held): .volumeHeld
        case .refused, .failed, .locked, .unsettled: .volumeNeedsPerson
        }
    }

    var text: String { Wording.line(report, root: root) ?? report.name.description }

    var fields: [(name: String, value: String?)] {
        [
            ("OVERLAYD_ROOT", root), ("OVERLAYD_VOLUME", report.name.description),
            ("OVERLAYD_STATE", report.state?.rawValue),
            ("OVERLAYD_ACTION", report.done.isEmpty ? nil : report.done.map(\.word).joined(separator: ",")),
            ("OVERLAYD_OUTCOME", outcome), ("OVERLAYD_RECOVERED", report.recovered?.description), ("ERRNO", errno),
        ]
    }

    private var outcome: String {
        switch report.outcome {
        case .untouched: "untouched"
        case .repaired: "reset"
        case .planned: "planned"
        case .refused: "refused"
        case .failed: "failed"
        case .locked: "locked"
        case .unsettled: "unsettled"
        }
    }

    private var errno: String? {
        guard case .failed(let error) = report.outcome else { return nil }
        return "\(error.errno.rawValue)"
    }
}

extension Step {
    /// Its name in `OVERLAYD_ACTION=`.
    var word: String {
        switch self {
        case .removeMountpoint: "remove-mountpoint"
        case .moveFilesAside: "move-files-aside"
        case .makeActivemounts: "make-activemounts"
        case .dropUses: "drop-uses"
        case .discardWorkdir: "discard-workdir"
        case .makeUpper: "make-upper"
        case .renewUpper: "renew-upper"
        case .makeWorkdir: "make-workdir"
        case .makeMountpoint: "make-mountpoint"
        case .writeMetadata: "write-metadata"
        }
    }
}
