// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
internal import SystemPackage

extension VolumeTree {
    /// How much a look is worth.
    package enum Depth: Sendable {
        /// What tells a clean tree from another, and no more system calls than that.
        case quick
        /// Also whether `mountpoint/` is empty and what the parts are that a listing does not tell.
        case thorough
    }

    /// The facts of this tree but for what holds it. `mount` says what is mounted at `mountpoint/`,
    /// given the mount's id.
    package func look(
        _ depth: Depth, locking: Bool, buffer: inout EntryBuffer, mount: (UInt64) -> MountpointFact
    ) -> VolumeFacts {
        var facts = VolumeFacts()
        forgetWorkdir()
        facts.activemounts = openUses(locking: locking)
        do {
            if wasListed { try directory.rewind() }
            wasListed = true
            try directory.forEachEntry(&buffer) { entry in
                note(entry, in: &facts)
                return true
            }
        } catch {
            facts.upper = .unreadable(error)
            return facts
        }
        if facts.metadata == .complete { facts.metadata = readMetadata() }
        if facts.mountpoint == .directory { facts.mountpoint = lookAtMountpoint(depth, mount) }
        lookAtUses(&facts, &buffer)
        if depth == .thorough {
            if facts.workdir == .directory { facts.workdir = lookInto(Layout.workdir) }
            if facts.upper == .directory { facts.upper = lookInto(Layout.upper) }
        }
        return facts
    }

    private func note(_ entry: DirectoryEntry, in facts: inout VolumeFacts) {
        if entry.isNamed(Layout.upper) {
            facts.upper = part(entry, Layout.upper)
        } else if entry.isNamed(Layout.workdir) {
            facts.workdir = part(entry, Layout.workdir)
        } else if entry.isNamed(Layout.mountpoint) {
            switch part(entry, Layout.mountpoint) {
            case .other(let kind): facts.mountpoint = .other(kind)
            case .unreadable(let errno): facts.mountpoint = .unreadable(errno)
            case .directory, .mount, .absent: facts.mountpoint = .directory
            }
        } else if entry.isNamed(Layout.metadata) {
            let kind = kind(of: entry)
            facts.metadata = kind == .file ? .complete : .other(kind)
        } else if entry.hasPrefix(Layout.trash) || entry.hasPrefix(Layout.spare), kind(of: entry) == .directory {
            facts.trash += 1
        } else if !entry.isNamed(Layout.activemounts), !entry.isNamed(Layout.temporaryMetadata) {
            facts.stranger = entry.name
        }
    }

    private func part(_ entry: DirectoryEntry, _ name: EntryName) -> PartFact {
        switch kind(of: entry) {
        case .directory: .directory
        case let kind: .other(kind)
        }
    }

    private func kind(of entry: DirectoryEntry) -> FileKind {
        guard entry.kind == .unknown, let name = entry.name else { return entry.kind }
        return kind(of: name)
    }

    private func lookAtMountpoint(_ depth: Depth, _ mount: (UInt64) -> MountpointFact) -> MountpointFact {
        do {
            let status = try directory.status(of: Layout.mountpoint)
            if status.isMountRoot { return mount(status.mount) }
            guard depth == .thorough else { return .directory }
            return try directory.open(Layout.mountpoint).isEmpty() ? .directory : .occupied
        } catch .noSuchFileOrDirectory {
            return .absent
        } catch {
            return .unreadable(error)
        }
    }

    private func lookInto(_ name: EntryName) -> PartFact {
        do {
            _ = try directory.open(name)
            return .directory
        } catch .noSuchFileOrDirectory {  // gone since it was listed
            return .absent
        } catch .improperLink {  // EXDEV
            return .mount
        } catch {
            return .unreadable(error)
        }
    }

    private func lookAtUses(_ facts: inout VolumeFacts, _ buffer: inout EntryBuffer) {
        guard facts.activemounts == .directory else { return }
        do {
            useNames = []
            try uses?.forEachEntry(&buffer) { entry in
                if entry.kind == .directory {
                    facts.uses.stray = entry.name
                } else {
                    facts.uses.count += 1
                    remember(entry.name)
                }
                return true
            }
        } catch .noSuchFileOrDirectory {
            // Removed since it was opened: a directory without a name lists nothing.
            facts.activemounts = .absent
        } catch {
            facts.activemounts = .unreadable(error)
        }
    }

    private func remember(_ name: EntryName?) {
        guard let name, let names = useNames, names.count < 64 else {
            useNames = nil
            return
        }
        useNames?.append(name)
    }
}
