// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
internal import SystemPackage

extension VolumeTree {
    /// Removes what was set aside in this volume. Needs no lock: a trash name is never used again
    /// for anything else, and two who empty the same trash do each other's work.
    package func emptyTrash(_ buffer: inout EntryBuffer) -> Removal {
        var names: [EntryName] = []
        var removal = Removal()
        do {
            try directory.rewind()
            try directory.forEachEntry(&buffer) { entry in
                if entry.hasPrefix(Layout.trash), let name = entry.name, kind(of: name) == .directory {
                    names.append(name)
                }
                return true
            }
        } catch {
            removal.failure = KernelError("list", name.description, error)
        }
        for name in names { removal.add(directory.removeTree(name, buffer: &buffer)) }
        return removal
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
