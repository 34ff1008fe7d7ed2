// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
internal import SystemPackage
package import VolumeTrees

/// Takes the facts of one tree after the other. One a thread: it keeps the listing's memory and,
/// where it needed it, the table of mounts.
package final class Observer {
    private let store: VolumeStore
    private var buffer = EntryBuffer()
    private var table: MountTable?

    private let mounts: MountsBelow

    package init(_ store: VolumeStore, _ mounts: MountsBelow? = nil) {
        self.store = store
        self.mounts = mounts ?? MountsBelow(store)
    }

    /// Forgets what may have changed: to be called before a second look.
    package func forget() { table = nil }

    package func facts(of tree: VolumeTree, _ depth: VolumeTree.Depth, locking: Bool) -> VolumeFacts {
        let name = tree.name.entry
        let depth = mounts.isAnywhere(in: name) ? .thorough : depth
        var facts = tree.look(depth, locking: locking, buffer: &buffer) { mount in self.mountpoint(mount, of: tree) }
        if mounts.isInsideMountpoint(of: name), facts.mountpoint == .directory || facts.mountpoint == .occupied {
            facts.mountpoint = .foreign("something below it")
        }
        return facts
    }

    package func perform(_ step: Step, on tree: VolumeTree) throws(KernelError) -> VolumeTree.StepOutcome {
        try tree.perform(step, buffer: &buffer)
    }

    /// What the mount with this id, on top at `mountpoint/`, is.
    private func mountpoint(_ mount: UInt64, of tree: VolumeTree) -> MountpointFact {
        var stack: [MountRecord] = []
        do {
            stack = try currentTable().stack(from: mount)
            if stack.isEmpty {  // mounted since the table was read
                forget()
                stack = try currentTable().stack(from: mount)
            }
        } catch {
            return .unreadable(error)
        }
        guard !stack.isEmpty else { return .foreign("a mount that the mount table does not show") }
        if let stranger = stack.first(where: { !isOverlay($0, of: tree) }) {
            return .foreign("\(shown(stranger.type)) (\(shown(stranger.source)))")
        }
        return stack.count == 1 ? .mounted : .stacked
    }

    private func currentTable() throws(Errno) -> MountTable {
        if let table { return table }
        let read = try ownMountTable()
        table = read
        return read
    }

    /// Whether it is the overlay whose upper is this tree's: by the directory its upper leads to, so
    /// that neither a trailing slash nor another way to the root matters.
    private func isOverlay(_ record: MountRecord, of tree: VolumeTree) -> Bool {
        guard record.isOverlay, let own = tree.upperIdentity else { return false }
        return record.option("upperdir").flatMap { try? identity(ofPath: $0) } == own
    }
}

extension VolumeTree {
    var upperIdentity: FileIdentity? { try? directory.status(of: Layout.upper).identity }
}
