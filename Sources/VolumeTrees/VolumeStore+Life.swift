// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
internal import SystemPackage

extension VolumeStore {
    package enum CreationError: Error, CustomStringConvertible {
        case alreadyExists
        case failed(KernelError)

        package var description: String {
            switch self {
            case .alreadyExists: "volume already exists"
            case .failed(let error): error.description
            }
        }
    }

    /// Makes a volume: built aside under a name of ours, written to disk, then given its name in one
    /// rename that replaces nothing. What fails before that leaves no volume.
    package func create(_ name: VolumeName, _ metadata: VolumeMetadata) throws(CreationError) {
        if (try? root.status(of: name.entry)) != nil { throw .alreadyExists }
        let staging: EntryName
        do { staging = try makeStaging() } catch { throw .failed(KernelError("make a volume in", path.shown, error)) }
        do throws(CreationError) {
            let tree = try lockStaging(staging, for: name)
            do { try complete(tree, metadata) } catch { throw .failed(error) }
            try publish(staging, as: name)
            // The lock is held until here: it keeps others from taking this for a creation that was
            // interrupted.
            withExtendedLifetime(tree) {}
        } catch {
            var buffer = EntryBuffer()
            _ = root.removeTree(staging, buffer: &buffer)
            throw error
        }
    }

    private func makeStaging() throws(Errno) -> EntryName {
        let name = EntryName(prefix: Layout.staging, number: Int(try ProcessControl.random()))
        try root.make(name, mode: Layout.privateMode)
        return name
    }

    private func lockStaging(_ staging: EntryName, for name: VolumeName) throws(CreationError) -> VolumeTree {
        do throws(Errno) {
            let tree = VolumeTree(name, try root.open(staging))
            guard try tree.directory.tryLock() else { throw .wouldBlock }
            return tree
        } catch {
            throw .failed(KernelError("lock the unfinished volume", name.description, error))
        }
    }

    private func publish(_ staging: EntryName, as name: VolumeName) throws(CreationError) {
        do {
            try root.rename(staging, to: name.entry)
            try root.sync()
        } catch .fileExists {
            throw .alreadyExists
        } catch {
            throw .failed(KernelError("make the volume", name.description, error))
        }
    }

    /// Does what the tree lacks of a volume, and waits until it is on disk.
    package func complete(_ tree: VolumeTree, _ metadata: VolumeMetadata) throws(KernelError) {
        var buffer = EntryBuffer(size: 1024)
        let facts = tree.look(.thorough, locking: false, buffer: &buffer) { _ in .foreign("a mount") }
        for step in Reconciler.decide(facts, for: .create).steps {
            _ = try tree.perform(step, metadata: metadata, buffer: &buffer)
        }
        try tree.sync()
    }

    /// Takes a volume away in one rename; what it held is emptied later. The caller holds its lock
    /// and has proven that nothing uses it.
    package func setAside(_ name: VolumeName) throws(KernelError) -> EntryName {
        do {
            while true {
                do {
                    let aside = EntryName(prefix: Layout.trash, number: Int(try ProcessControl.random()))
                    try root.rename(name.entry, to: aside)
                    try root.sync()
                    return aside
                } catch .fileExists { continue }
            }
        } catch {
            throw KernelError("remove the volume", name.description, error)
        }
    }
}
