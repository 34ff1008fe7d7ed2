// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
internal import SystemPackage
package import VolumeTrees

/// What one look, without a lock and without a change, tells of a volume.
package struct VolumeSight: Sendable {
    package var name: VolumeName
    /// Nil where its directory could not be opened; then `failure` says why.
    package var facts: VolumeFacts?
    package var metadata: VolumeMetadata?
    /// Seconds since 1970.
    package var created: Int64?
    package var failure: KernelError?

    package var state: VolumeState { facts.map { VolumeState(of: $0) } ?? .damaged }
    package var decision: Decision? { facts.map { Reconciler.wholePlan($0, for: .reset) } }
}

/// Looks at the volumes of a root for a person: thoroughly, proofs included, changing nothing.
package enum Survey {
    private static let batch = 200

    /// All of them, or those named. In the order of the names.
    package static func look(
        at store: VolumeStore, only: [VolumeName]? = nil
    ) throws(KernelError) -> [VolumeSight] {
        var buffer = EntryBuffer()
        let names = if let only { only } else { try store.list(&buffer).volumes }
        let prover = Prover(store, scratch: probeScratch)
        let observer = Observer(store)
        var sights: [VolumeSight] = []
        var rest = names[...]
        while !rest.isEmpty {
            sights += look(at: rest.prefix(batch), store, observer, prover)
            rest = rest.dropFirst(batch)
        }
        return sights
    }

    private static func look(
        at names: ArraySlice<VolumeName>, _ store: VolumeStore, _ observer: Observer, _ prover: Prover
    ) -> [VolumeSight] {
        var sights: [VolumeSight] = []
        var asked: [(index: Int, tree: VolumeTree, facts: VolumeFacts)] = []
        for name in names {
            do {
                let tree = try store.open(name)
                let facts = observer.facts(of: tree, .thorough, locking: false)
                if wantsProof(facts) { asked.append((sights.count, tree, facts)) }
                let status = try? tree.directory.status()
                sights.append(
                    VolumeSight(
                        name: name, facts: facts, metadata: tree.metadata,
                        created: status.map { $0.born > 0 ? $0.born : $0.modified }))
            } catch {
                let failure = KernelError("open the directory of", name.description, error)
                sights.append(VolumeSight(name: name, failure: failure))
            }
        }
        let holdings = asked.isEmpty ? [] : prover.holdings(of: asked.map { ($0.tree, $0.facts) }, uppersToo: true)
        for (item, holding) in zip(asked, holdings) { sights[item.index].facts?.holding = holding }
        return sights
    }

    /// A mounted tree's state hangs on what holds it too: that is stale against unrecorded.
    private static func wantsProof(_ facts: VolumeFacts) -> Bool {
        facts.mountpoint == .mounted || Reconciler.decide(facts, for: .reset).needsProof
    }
}
