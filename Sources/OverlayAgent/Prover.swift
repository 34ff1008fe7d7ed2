// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
internal import OverlayKernel
package import SystemPackage
package import VolumeTrees

/// Proves, for many trees at once, that nothing holds their overlays: the kernel's in-use mark and a
/// look through every mount namespace must both say free. Each has a blind spot the other lacks.
///
/// One a thread. The probe is set up when it is first needed and tested on the very file system the
/// trees lie on; where it does not work, nothing is proven and nothing gets deleted.
package final class Prover {
    private let store: VolumeStore
    private let scratch: FilePath
    private var probe: InUseProbe?
    private var fault: String?

    /// `scratch`: a directory for the probe where a tmpfs without a mount cannot serve (before 6.15).
    package init(_ store: VolumeStore, scratch: FilePath) {
        self.store = store
        self.scratch = scratch
    }

    /// What holds each tree. The caller has their locks, so no new mount by a program that takes
    /// them can come between the proof and the deed.
    ///
    /// What goes is what is asked about: the workdir, and the upper where there is no workdir or where the
    /// upper goes too. An overlay of another workdir on the same upper loses nothing by a reset, and
    /// whoever mounts or removes the volume asks about the upper.
    package func holdings(
        of trees: [(tree: VolumeTree, facts: VolumeFacts)], uppersToo: Bool = false
    ) -> [Holding] {
        let sightings = NamespaceScan.look()
        let claims = Claims(sightings.overlays, of: Set(trees.map(\.tree.name.entry)))
        var holdings = trees.map { claims.holding(of: $0.tree, isMounted: $0.facts.mountpoint == .mounted) }
        if let incomplete = sightings.incomplete {
            for index in holdings.indices where holdings[index] == nil { holdings[index] = .unproven(incomplete) }
        }
        let open = holdings.indices.filter { holdings[$0] == nil && trees[$0].facts.mountpoint != .mounted }
        for (index, answer) in zip(open, answers(open.map { trees[$0] }, uppersToo)) { holdings[index] = answer }
        return holdings.map { $0 ?? .free(namespaces: sightings.namespaces) }
    }

    /// What the probe says of trees that no namespace shows; nil: nothing against them.
    private func answers(_ trees: [(tree: VolumeTree, facts: VolumeFacts)], _ uppersToo: Bool) -> [Holding?] {
        guard !trees.isEmpty else { return [] }
        guard let probe = workingProbe() else {
            let reason = fault ?? "the in-use probe does not work here"
            return trees.map { _ in .unproven(reason) }
        }
        let answers = probe.answers(count: trees.count) { (index, question) throws(Errno) in
            let (tree, facts) = trees[index]
            if facts.workdir == .directory { try tree.ask(&question) }
            if uppersToo || facts.workdir != .directory, facts.upper == .directory {
                try question.add(Layout.upper, in: tree.directory)
            }
        }
        return answers.map { answer in
            switch answer {
            case .free: nil
            case .held: .held("its overlay is still alive: in another mount namespace, or lazily unmounted and open")
            case .failed(let errno): .unproven("the kernel did not answer whether its overlay is alive: \(errno)")
            }
        }
    }

    /// The probe, once it has shown on this root's file system that it finds what is alive.
    private func workingProbe() -> InUseProbe? {
        if let probe { return probe }
        guard fault == nil else { return nil }
        do throws(KernelError) {
            let candidate = try InUseProbe.firstThatWorks(fallback: scratch)
            try candidate.expectCanary(beside: store.root)
            probe = candidate
        } catch {
            fault = "it cannot be proven unused: \(error)"
        }
        return probe
    }
}

/// The overlays seen, by the upper they write to.
private struct Claims {
    private var byUpper: [FileIdentity: [OverlaySighting]] = [:]

    /// Only what ends like the upper of one of these volumes is looked up: the paths are others'.
    init(_ sightings: [OverlaySighting], of names: Set<EntryName>) {
        for sighting in sightings {
            guard let upper = sighting.upper, let name = sighting.volumeEntry, names.contains(name),
                let identity = try? identity(ofPath: upper)
            else { continue }
            byUpper[identity, default: []].append(sighting)
        }
    }

    /// Held by an overlay that is mounted somewhere; of a mounted tree its own mount does not count.
    func holding(of tree: VolumeTree, isMounted: Bool) -> Holding? {
        guard !byUpper.isEmpty, let upper = tree.upperIdentity, let sightings = byUpper[upper] else { return nil }
        let own = isMounted ? sightings.firstIndex(where: \.isOwnNamespace) : nil
        let other = sightings.indices.first { $0 != own }
        return other.map { .held(sightings[$0].evidence) }
    }
}

extension VolumeTree {
    fileprivate func ask(_ question: inout InUseProbe.Question) throws(Errno) {
        try withWorkdir { (workdir) throws(Errno) in try question.add(workdir) }
    }
}

/// Where the probe may make its scratch where no tmpfs without a mount can serve. Cleared at boot.
package let probeScratch: FilePath = "/run"
