// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
internal import SystemPackage

extension VolumeTree {
    /// Removes what was set aside in this volume. Trash needs no lock: nothing else ever comes under
    /// such a name, and two who empty the same trash do each other's work. A spare upper may be about
    /// to become the upper, so it goes only under the lock.
    package func emptyTrash(_ buffer: inout EntryBuffer) -> Removal {
        var removal = Removal()
        do {
            if try !directories(Layout.spare, &buffer).isEmpty { try setSparesAside(&buffer) }
            for name in try directories(Layout.trash, &buffer) {
                removal.add(directory.removeTree(name, buffer: &buffer))
            }
        } catch {
            removal.failure = KernelError("list", name.description, error)
        }
        return removal
    }

    /// The lock is held for the renames alone: nobody waits for what is being emptied.
    private func setSparesAside(_ buffer: inout EntryBuffer) throws(Errno) {
        _ = openUses(locking: true)
        defer { unlock() }
        guard isLocked else { return }
        for name in try directories(Layout.spare, &buffer) { _ = try setAside(name, as: Layout.trash) }
    }

    private func directories(_ prefix: EntryName, _ buffer: inout EntryBuffer) throws(Errno) -> [EntryName] {
        var names: [EntryName] = []
        wasListed = true
        try directory.rewind()
        try directory.forEachEntry(&buffer) { entry in
            if entry.hasPrefix(prefix), let name = entry.name, kind(of: name) == .directory { names.append(name) }
            return true
        }
        return names
    }
}

extension VolumeStore {
    /// Removes one directory of ours that was left in the root: a removed volume, or a creation that
    /// was interrupted. A creation still under way is left alone: its creator holds the lock on it.
    package func emptyLeftBehind(_ name: EntryName, _ buffer: inout EntryBuffer) -> Removal {
        if name.hasPrefix(Layout.trash) { return root.removeTree(name, buffer: &buffer) }
        var removal = Removal()
        do {
            let staging = try root.open(name)
            guard try staging.tryLock() else { return removal }
            // The lock may have come free because the creation was finished meanwhile: then the
            // name is gone, and this directory is a volume.
            guard try root.status(of: name).identity == staging.status().identity else { return removal }
            return root.removeTree(name, buffer: &buffer)
        } catch .noSuchFileOrDirectory {
        } catch {
            removal.failure = KernelError("remove", name.description, error)
        }
        return removal
    }
}

extension Removal {
    package mutating func add(_ other: Removal) {
        removed += other.removed
        failure = failure ?? other.failure
    }
}
