// SPDX-License-Identifier: Apache-2.0

/// One change to a volume's directory.
///
/// Each is atomic on disk or can be repeated: a crash before, within or after it leaves facts from
/// which the same plan's rest follows.
package enum Step: Hashable, Sendable {
    /// rmdir(2) of `mountpoint/`; says so when it is not empty.
    case removeMountpoint
    /// Rename of `mountpoint/` with the files found in it to `recovered-files.N`.
    case moveFilesAside
    case makeActivemounts
    /// Unlink of every use record; the directory, and with it the lock on it, stays.
    case dropUses
    /// `workdir/` away: rmdir when it holds nothing, else a rename to the volume's trash.
    case discardWorkdir
    case makeUpper
    /// A new, empty `upper/` in one exchange; the old one is then in the volume's trash.
    case renewUpper
    case makeWorkdir
    case makeMountpoint
    case writeMetadata

    /// What the step leaves when it goes as planned. What it adds to the trash it tells when done.
    package func apply(to facts: inout VolumeFacts) {
        switch self {
        case .removeMountpoint, .moveFilesAside: facts.mountpoint = .absent
        case .makeActivemounts: facts.activemounts = .directory
        case .dropUses: facts.uses = UsesFact()
        case .discardWorkdir: facts.workdir = .absent
        case .makeUpper: facts.upper = .directory
        case .renewUpper: break
        case .makeWorkdir: facts.workdir = .directory
        case .makeMountpoint: facts.mountpoint = .directory
        case .writeMetadata: facts.metadata = .complete
        }
    }
}

extension Step: CustomStringConvertible {
    package var description: String {
        switch self {
        case .removeMountpoint: "remove the empty mountpoint/"
        case .moveFilesAside: "keep the files found in mountpoint/: rename it to recovered-files.N"
        case .makeActivemounts: "make activemounts/"
        case .dropUses: "drop the use records in activemounts/"
        case .discardWorkdir: "discard workdir/"
        case .makeUpper: "make upper/"
        case .renewUpper: "exchange upper/ for an empty one"
        case .makeWorkdir: "make workdir/"
        case .makeMountpoint: "make mountpoint/"
        case .writeMetadata: "write metadata.json"
        }
    }
}
