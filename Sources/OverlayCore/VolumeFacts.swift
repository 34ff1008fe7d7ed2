// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// The parts of a volume's directory, spelled as docker-on-top spells them.
package enum VolumePart: String, CaseIterable, Sendable {
    case mountpoint
    case activemounts
    case workdir
    case upper
    case metadata = "metadata.json"
}

/// What a directory entry is, in the words of a message.
package enum FileKind: String, Sendable {
    case directory = "a directory"
    case file = "a file"
    case symbolicLink = "a symbolic link"
    case fifo = "a FIFO"
    case socket = "a socket"
    case device = "a device"
    case unknown = "of unknown kind"
}

/// What stands where a directory of ours belongs.
package enum PartFact: Hashable, Sendable {
    case absent
    case directory
    case other(FileKind)
    /// A mount, so what lies there is not what we would delete.
    case mount
    case unreadable(Errno)
}

/// What stands at `mountpoint/`, and what the kernel's mount table says of it.
package enum MountpointFact: Hashable, Sendable {
    case absent
    /// A directory with nothing mounted. Whether it is empty is left to rmdir(2), the last guard.
    case directory
    /// A directory with nothing mounted and files in it.
    case occupied
    /// Our overlay, once.
    case mounted
    /// Our overlay, more than once.
    case stacked
    /// A mount that is not ours, described.
    case foreign(String)
    case other(FileKind)
    case unreadable(Errno)
}

/// What stands at `metadata.json`.
package enum MetadataFact: Hashable, Sendable {
    case absent
    case complete
    /// Half-written or not ours; the reason.
    case broken(String)
    case other(FileKind)
    case unreadable(Errno)
}

/// What stands in `activemounts/`: one file per use.
package struct UsesFact: Hashable, Sendable {
    package var count: Int
    /// An entry that is no use record: a directory, say.
    package var stray: EntryName?

    package init(count: Int = 0, stray: EntryName? = nil) {
        self.count = count
        self.stray = stray
    }
}

/// Whether anything still keeps an overlay with this upper alive, and how that is known.
package enum Holding: Hashable, Sendable {
    /// Not asked: a tree with nothing to repair needs no proof.
    case unasked
    /// The kernel's in-use mark and this many mount namespaces both say free.
    case free(namespaces: Int)
    /// Something holds it; the evidence in words.
    case held(String)
    /// It cannot be proven free; the reason in words.
    case unproven(String)
}

/// Everything a decision about one volume rests on. A value: taken once, decided on as a whole.
package struct VolumeFacts: Hashable, Sendable {
    package var mountpoint = MountpointFact.absent
    package var workdir = PartFact.absent
    package var activemounts = PartFact.absent
    package var upper = PartFact.absent
    package var metadata = MetadataFact.absent
    package var uses = UsesFact()
    /// An entry that is no part of a volume: somebody put it there, and a removal would take it along.
    package var stranger: EntryName?
    /// Directories set aside for the trash and not yet emptied.
    package var trash = 0
    package var holding = Holding.unasked

    package init() {}

    /// A volume at rest.
    package static var clean: VolumeFacts {
        var facts = VolumeFacts()
        facts.activemounts = .directory
        facts.upper = .directory
        facts.metadata = .complete
        return facts
    }
}
