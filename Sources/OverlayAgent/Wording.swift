// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
internal import OverlayKernel

/// The sentences both programs say of a volume.
package enum Wording {
    /// One line, or nil for a volume there is nothing to say of.
    package static func line(_ report: VolumeReport, root: String) -> String? {
        let directory = "\(root)/\(report.name)"
        let name = report.name.description
        switch report.outcome {
        case .untouched:
            guard report.isMounted, let state = report.state else { return nil }
            return "\(name): \(state.rawValue), left mounted"
        case .repaired:
            return "\(name): \(was(report))reset: \(done(report))"
        case .planned(let steps):
            return "\(name): \(was(report))would \(steps.map(\.description).joined(separator: ", "))"
        case .refused(let refusal):
            return "\(name): \(was(report))left as it is\(sofar(report)): \(refusal). What to do: "
                + refusal.advice(report.name, in: directory)
        case .failed(let error):
            return "\(name): \(was(report))not reset: \(error)\(sofar(report))"
        case .locked:
            return "\(name): not reset\(sofar(report)): another program keeps its lock."
                + " What to do: see who does (lslocks --notruncate), then run overlayctl reset"
        case .unsettled:
            return "\(name): \(was(report))not reset\(sofar(report)): it changed each time it was looked at."
                + " What to do: stop what changes it, then run overlayctl reset"
        }
    }

    private static func was(_ report: VolumeReport) -> String {
        report.state.map { "\($0.rawValue), " } ?? ""
    }

    /// What was done of a plan before it ended otherwise.
    private static func sofar(_ report: VolumeReport) -> String {
        report.done.isEmpty && report.recovered == nil ? "" : ", after: \(done(report))"
    }

    private static func done(_ report: VolumeReport) -> String {
        let kept = report.recovered.map { "kept the files found in mountpoint/ as \($0)" }
        var words = report.done.map { step in step == .moveFilesAside ? kept ?? done(step) : done(step) }
        // Renamed, but not known to be on the disk: the step failed, and the files are there all the same.
        if let kept, !report.done.contains(.moveFilesAside) { words.append(kept) }
        return words.joined(separator: ", ")
    }

    /// A step in the past tense.
    package static func done(_ step: Step) -> String {
        switch step {
        case .removeMountpoint: "removed mountpoint/"
        case .moveFilesAside: "kept the files found in mountpoint/ as recovered-files.N"
        case .makeActivemounts: "made activemounts/"
        case .dropUses: "dropped the recorded uses"
        case .discardWorkdir: "discarded workdir/"
        case .makeUpper: "made upper/"
        case .renewUpper: "exchanged upper/ for an empty one"
        case .makeWorkdir: "made workdir/"
        case .makeMountpoint: "made mountpoint/"
        case .writeMetadata: "wrote metadata.json"
        }
    }

    /// The line that ends a reset.
    package static func summary(_ summary: Summary, root: String, milliseconds: Int64) -> String {
        var counts = ["\(summary.clean) clean"]
        if summary.repaired > 0 { counts.append("\(summary.repaired) reset") }
        if summary.planned > 0 { counts.append("\(summary.planned) to reset") }
        if summary.withTrash > 0 { counts.append("\(summary.withTrash) clean but for what is set aside") }
        if summary.mounted > 0 { counts.append("\(summary.mounted) mounted") }
        if summary.needPerson > 0 {
            counts.append("\(summary.needPerson) \(summary.needPerson == 1 ? "needs" : "need") a person")
        }
        return "\(counted(summary.volumes, "volume")) in \(root): \(counts.joined(separator: ", ")); \(milliseconds) ms"
    }

    /// What is left to empty, or nil.
    package static func trash(_ count: Int) -> String? {
        guard count > 0 else { return nil }
        let directories = counted(count, "directory is", "directories are")
        return "\(directories) set aside; overlayd-reset --empty-trash removes \(count == 1 ? "it" : "them")"
    }
}
