// SPDX-License-Identifier: Apache-2.0

internal import OverlayCore
internal import OverlayKernel
internal import SystemPackage
package import VolumeTrees

/// Whether this host can do what a reset needs. Each finding is a sentence, good or bad.
package enum HostCheck {
    package struct Finding: Sendable {
        package var isGood: Bool
        package var subject: String
        package var text: String

        package init(_ isGood: Bool, _ subject: String, _ text: String) {
            self.isGood = isGood
            self.subject = subject
            self.text = text
        }
    }

    package static func host(_ namespace: NamespacePolicy) -> [Finding] {
        [mountNamespace(namespace), probe(), scan()]
    }

    private static func mountNamespace(_ policy: NamespacePolicy) -> Finding {
        if let objection = policy.objection { return Finding(false, "mount namespace", objection) }
        return Finding(true, "mount namespace", policy == .host ? "that of pid 1" : "not compared: --namespace=self")
    }

    private static func probe() -> Finding {
        do throws(KernelError) {
            let probe = try InUseProbe.firstThatWorks(fallback: probeScratch)
            return Finding(true, "in-use probe", "finds an overlay that is alive (\(probe.way))")
        } catch {
            return Finding(false, "in-use probe", "\(error); no workdir will be deleted")
        }
    }

    private static func scan() -> Finding {
        let sightings = NamespaceScan.look()
        if let incomplete = sightings.incomplete {
            return Finding(false, "namespace scan", "\(incomplete); no workdir will be deleted")
        }
        let overlays = counted(sightings.overlays.count, "overlay mount")
        let namespaces = counted(sightings.namespaces, "mount namespace")
        // Without the kernel's list a namespace that no process is in goes unseen.
        let way = (try? NamespaceScan.look(.kernel)) == nil ? "through /proc" : "the kernel's own list"
        return Finding(true, "namespace scan", "\(overlays) in \(namespaces) (\(way))")
    }

    /// One root: its volumes, and what in it needs a person.
    package static func root(_ store: VolumeStore) -> [Finding] {
        let place = store.path.shown
        do throws(KernelError) {
            var buffer = EntryBuffer()
            let listing = try store.list(&buffer)
            var findings = [Finding(true, place, counted(listing.volumes.count, "volume"))]
            for skipped in listing.skipped {
                findings.append(Finding(true, "\(place)/\(skipped.name)", "skipped: \(skipped.reason)"))
            }
            for sight in try Survey.look(at: store, only: listing.volumes) {
                guard let problem = problem(sight, place) else { continue }
                findings.append(Finding(false, sight.name.description, problem))
            }
            return findings
        } catch {
            return [Finding(false, place, "\(error)")]
        }
    }

    private static func problem(_ sight: VolumeSight, _ place: String) -> String? {
        if let failure = sight.failure { return failure.description }
        guard let refusal = sight.decision?.refusal else { return nil }
        return "\(sight.state.rawValue): \(refusal). What to do: "
            + refusal.advice(sight.name, in: "\(place)/\(sight.name)")
    }
}
