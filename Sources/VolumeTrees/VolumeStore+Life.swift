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
        let (staging, tree) = try makeLockedStaging(for: name)
        do throws(CreationError) {
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

    private func makeLockedStaging(for name: VolumeName) throws(CreationError) -> (EntryName, VolumeTree) {
        do throws(Errno) {
            for _ in 1...100 {
                let staging = EntryName(prefix: Layout.staging, number: Int(try ProcessControl.random()))
                try root.make(staging, mode: Layout.privateMode)
                if let tree = try lockStaging(staging, for: name) { return (staging, tree) }
            }
            throw .wouldBlock
        } catch {
            throw .failed(KernelError("make a volume in", path.shown, error))
        }
    }

    /// Nil where somebody who empties trash was quicker and took it for one that was interrupted.
    private func lockStaging(_ staging: EntryName, for name: VolumeName) throws(Errno) -> VolumeTree? {
        do {
            let tree = VolumeTree(name, try root.open(staging))
            guard try tree.directory.tryLock(), try tree.directory.status().links > 0 else { return nil }
            return tree
        } catch .noSuchFileOrDirectory {
            return nil
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
        // From here on others may use it: it is never taken back.
        do { try root.sync() } catch {
            throw .failed(KernelError("make sure that it is on disk, though it is made:", name.description, error))
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

    /// Takes a volume's name away, first under one that nothing empties: the name may have come to mean
    /// another directory since this one was opened and proven. If so it gets its name back.
    ///
    /// The caller holds the lock, has proven that nothing uses it, and proves it again before
    /// ``discard(_:)``.
    package func takeAside(_ tree: VolumeTree) throws(KernelError) -> EntryName {
        do throws(Errno) {
            let aside = EntryName(prefix: Layout.doubt, number: Int(try ProcessControl.random()))
            try root.rename(tree.name.entry, to: aside)
            guard try root.status(of: aside).identity == tree.directory.status().identity else {
                try root.rename(aside, to: tree.name.entry)
                throw .resourceBusy
            }
            return aside
        } catch {
            throw KernelError("remove the volume", tree.name.description, error)
        }
    }

    /// Gives a volume taken aside its name back.
    package func putBack(_ aside: EntryName, _ tree: VolumeTree) throws(KernelError) {
        do { try root.rename(aside, to: tree.name.entry) } catch {
            throw KernelError("give \(aside) back its name", tree.name.description, error)
        }
    }

    /// What was taken aside becomes trash: it is gone for good, and its space comes back later.
    package func discard(_ aside: EntryName) throws(KernelError) -> EntryName {
        do throws(Errno) {
            let trash = EntryName(prefix: Layout.trash, number: Int(try ProcessControl.random()))
            try root.rename(aside, to: trash)
            try root.sync()
            return trash
        } catch {
            throw KernelError("remove", aside.description, error)
        }
    }
}
