// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
package import SystemPackage
package import VolumeTrees

/// What a person or a program asks of one volume, and the answers in the original's words.
package struct VolumeRequests: Sendable {
    private let store: VolumeStore

    package init(_ store: VolumeStore) { self.store = store }

    package enum Failure: Error, CustomStringConvertible {
        case alreadyExists
        case noSuchVolume
        case nothingToFinish
        case baseMissing
        case baseNotDirectory(FileKind)
        case baseInaccessible(Errno)
        case refused(Refusal, advice: String)
        case locked
        case failed(KernelError)

        package var description: String {
            switch self {
            case .alreadyExists: "volume already exists"
            case .noSuchVolume: "no such volume"
            case .nothingToFinish: "the volume is complete; there is nothing to finish"
            case .baseMissing: "the base directory does not exist"
            case .baseNotDirectory(let kind): "the base is \(kind.rawValue); it must be a directory"
            case .baseInaccessible(let errno): "the specified base directory is inaccessible: \(errno)"
            case .refused(let refusal, let advice): "\(refusal). What to do: \(advice)"
            case .locked: "another program keeps the volume's lock; try again"
            case .failed(let error): error.description
            }
        }
    }

    package func create(_ name: VolumeName, _ metadata: VolumeMetadata) throws(Failure) {
        try checkBase(metadata.base)
        do throws(VolumeStore.CreationError) {
            try store.create(name, metadata)
        } catch {
            switch error {
            case .alreadyExists: throw .alreadyExists
            case .failed(let error): throw .failed(error)
            }
        }
    }

    /// Completes a volume whose creation was cut short; what is there stays.
    package func finish(_ name: VolumeName, _ metadata: VolumeMetadata) throws(Failure) {
        try checkBase(metadata.base)
        let tree = try open(name)
        let facts = try lockedFacts(of: tree)
        let decision = Reconciler.decide(facts, for: .create)
        if let refusal = decision.refusal { throw refused(refusal, name) }
        guard !decision.steps.isEmpty else { throw .nothingToFinish }
        do { try store.complete(tree, facts, metadata) } catch { throw .failed(error) }
    }

    /// Removes a volume nothing uses. Once it answers, the volume is gone; what it held lies in the
    /// trash under the name it answers with.
    package func remove(_ name: VolumeName) throws(Failure) -> EntryName {
        let tree = try open(name)
        let prover = Prover(store, scratch: probeScratch)
        let facts = try lockedFacts(of: tree)
        try prove(tree, facts, prover)
        let aside: EntryName
        do { aside = try store.takeAside(tree) } catch { throw .failed(error) }
        do throws(Failure) {
            // Whoever mounts without the lock may have come in between; from here on the name that a
            // mount would use is gone.
            try prove(tree, facts, prover)
        } catch {
            do { try store.putBack(aside, tree) } catch { throw .failed(error) }
            throw error
        }
        do { return try store.discard(aside) } catch { throw .failed(error) }
    }

    private func prove(_ tree: VolumeTree, _ facts: VolumeFacts, _ prover: Prover) throws(Failure) {
        var facts = facts
        var decision = Reconciler.decide(facts, for: .remove)
        if decision.needsProof {
            let holding = prover.holdings(of: [(tree, facts)], uppersToo: Intent.remove.needsUpper).first
            facts.holding = holding ?? .unproven("it was not proven unused")
            decision = Reconciler.decide(facts, for: .remove)
        }
        if let refusal = decision.refusal { throw refused(refusal, tree.name) }
    }

    /// The facts, under the lock. Half a volume without `activemounts/` has none to hold: it gets one.
    private func lockedFacts(of tree: VolumeTree) throws(Failure) -> VolumeFacts {
        let observer = Observer(store)
        var facts = observer.facts(of: tree, .thorough, locking: true)
        if facts.activemounts == .absent, Damage.all(in: facts).allSatisfy(\.isHalfVolume) {
            do { _ = try observer.perform(.makeActivemounts, on: tree) } catch { throw .failed(error) }
            facts = observer.facts(of: tree, .thorough, locking: true)
        }
        guard tree.hasLock() || facts.activemounts != .directory else { throw .locked }
        return facts
    }

    private func open(_ name: VolumeName) throws(Failure) -> VolumeTree {
        do {
            return try store.open(name)
        } catch .noSuchFileOrDirectory {
            throw .noSuchVolume
        } catch {
            throw .failed(KernelError("open the directory of", name.description, error))
        }
    }

    private func refused(_ refusal: Refusal, _ name: VolumeName) -> Failure {
        .refused(refusal, advice: refusal.advice(name, in: "\(store.path.shown)/\(name)"))
    }

    private func checkBase(_ base: [UInt8]) throws(Failure) {
        guard let path = FilePath(bytes: base) else { throw .baseMissing }
        do {
            // "/.": a base that is a symbolic link to a directory is followed, as overlayfs does.
            _ = try Directory(path: path.appending("."))
        } catch .noSuchFileOrDirectory {
            throw .baseMissing
        } catch .notDirectory {
            throw .baseNotDirectory(kind(ofPath: path))
        } catch {
            throw .baseInaccessible(error)
        }
    }
}
