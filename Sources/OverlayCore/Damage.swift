// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// Why a tree is not one we can work on. Such a tree is left exactly as it is.
package enum Damage: Hashable, Sendable {
    case wrongKind(VolumePart, FileKind)
    case mounted(VolumePart)
    case unreadable(VolumePart, Errno)
    case missing(VolumePart)
    case brokenMetadata(String)
    case strayUse(EntryName)
    /// No whole metadata, and something in it that no volume has: a directory of somebody else's.
    case notAVolume(EntryName)

    /// The first damage in `facts`, in the order a person would look; nil when the tree is whole.
    package init?(in facts: VolumeFacts) {
        guard let first = Self.all(in: facts).first else { return nil }
        self = first
    }

    /// Every damage in `facts`.
    package static func all(in facts: VolumeFacts) -> [Damage] {
        var found: [Damage?] = []
        if let stranger = facts.stranger, facts.metadata != .complete { found.append(.notAVolume(stranger)) }
        found += [inMetadata(facts.metadata), inMountpoint(facts.mountpoint)]
        found.append(inPart(.activemounts, facts.activemounts))
        found.append(inPart(.workdir, facts.workdir))
        // A crash between two steps leaves activemounts/ away (docker-on-top removes and remakes
        // it), never upper/: without it this is half a volume.
        found.append(facts.upper == .absent ? .missing(.upper) : inPart(.upper, facts.upper))
        found.append(facts.uses.stray.map { .strayUse($0) })
        return found.compactMap(\.self)
    }

    private static func inMetadata(_ fact: MetadataFact) -> Damage? {
        switch fact {
        case .complete: nil
        case .absent: .missing(.metadata)
        case .broken(let reason): .brokenMetadata(reason)
        case .other(let kind): .wrongKind(.metadata, kind)
        case .unreadable(let errno): .unreadable(.metadata, errno)
        }
    }

    private static func inMountpoint(_ fact: MountpointFact) -> Damage? {
        switch fact {
        case .other(let kind): .wrongKind(.mountpoint, kind)
        case .unreadable(let errno): .unreadable(.mountpoint, errno)
        case .absent, .directory, .occupied, .mounted, .stacked, .foreign: nil
        }
    }

    private static func inPart(_ part: VolumePart, _ fact: PartFact) -> Damage? {
        switch fact {
        case .absent, .directory: nil
        case .other(let kind): .wrongKind(part, kind)
        case .mount: .mounted(part)
        case .unreadable(let errno): .unreadable(part, errno)
        }
    }
}

extension Damage: CustomStringConvertible {
    package var description: String {
        switch self {
        case .wrongKind(let part, let kind): "\(part.rawValue) is \(kind.rawValue)"
        case .mounted(let part): "something is mounted on \(part.rawValue)/"
        case .unreadable(let part, let errno): "\(part.rawValue) cannot be read: \(errno)"
        case .missing(let part): "\(part.rawValue) is missing"
        case .brokenMetadata(let reason): "metadata.json is not complete: \(reason)"
        case .strayUse(let name): "activemounts/\(name) is not a use record"
        case .notAVolume(let name): "it is not a volume: it has no whole metadata.json, but \(name)"
        }
    }

    /// What a person does about it, for a volume of this name in this directory.
    package func advice(_ name: VolumeName, in directory: String) -> String {
        switch self {
        case .wrongKind(let part, _): "move \(directory)/\(part.rawValue) away, then run overlayctl reset"
        case .mounted(let part): "umount \(directory)/\(part.rawValue), then run overlayctl reset"
        case .unreadable: "check the file system and the kernel log (dmesg), then run overlayctl reset"
        case .missing(.upper):
            "put it back from a backup; or finish it with an empty one (overlayctl volume create --finish \(name)"
                + " -o base=DIR), or remove it (overlayctl volume rm \(name))"
        case .missing, .brokenMetadata:
            "finish it (overlayctl volume create --finish \(name) -o base=DIR)"
                + " or remove it (overlayctl volume rm \(name))"
        case .notAVolume: "move \(directory) out of the volumes root, or what does not belong there out of it"
        case .strayUse(let use): "move \(directory)/activemounts/\(use) away, then run overlayctl reset"
        }
    }
}
