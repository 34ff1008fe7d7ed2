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
            do { try complete(tree, VolumeFacts(), metadata) } catch { throw .failed(error) }
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
        } catch .fileExists {
            throw .alreadyExists
        } catch {
            throw .failed(KernelError("make the volume", name.description, error))
        }
        do {
            try root.sync()
        } catch {
            // Not known to be on disk: then it is taken back, and the caller hears no.
            try? root.rename(name.entry, to: staging)
            throw .failed(KernelError("write to disk", name.description, error))
        }
    }

    /// Does what a tree with these facts lacks of a volume, and waits until it is on disk.
    package func complete(
        _ tree: VolumeTree, _ facts: VolumeFacts, _ metadata: VolumeMetadata
    ) throws(KernelError) {
        var buffer = EntryBuffer(size: 1024)
        for step in Reconciler.decide(facts, for: .create).steps {
            _ = try tree.perform(step, metadata: metadata, buffer: &buffer)
        }
        try tree.sync()
    }

    /// Takes a volume away in one rename; what it held is emptied later. The caller holds its lock
    /// and has proven that nothing uses it.
    package func setAside(_ tree: VolumeTree) throws(KernelError) -> EntryName {
        do throws(Errno) {
            let aside = EntryName(prefix: Layout.trash, number: Int(try ProcessControl.random()))
            try root.rename(tree.name.entry, to: aside)
            // The name may have come to mean another directory since this one was opened and proven.
            guard try root.status(of: aside).identity == tree.directory.status().identity else {
                try root.rename(aside, to: tree.name.entry)
                throw .resourceBusy
            }
            try root.sync()
            return aside
        } catch {
            throw KernelError("remove the volume", tree.name.description, error)
        }
    }
}
