// SPDX-License-Identifier: Apache-2.0

internal import OverlayCore
package import OverlayKernel
internal import SystemPackage
package import VolumeTrees

/// Removes what resets and removals set aside in one root. Can be stopped at any moment and run
/// again; touches nothing a live volume uses.
package enum TrashEmptying {
    /// `tell` is called for every place where there was something, and every failure.
    package static func run(
        _ store: VolumeStore, tell: (_ place: String, Removal) -> Void
    ) throws(KernelError) -> Removal {
        var buffer = EntryBuffer()
        var total = Removal()
        func count(_ place: String, _ removal: Removal) {
            total.add(removal)
            if removal.removed > 0 || removal.failure != nil { tell(place, removal) }
        }
        let listing = try store.list(&buffer)
        for name in listing.leftBehind { count(name.description, store.emptyLeftBehind(name, &buffer)) }
        for name in listing.volumes {
            do {
                let tree = try store.open(name)
                count(name.description, tree.emptyTrash(&buffer))
            } catch .noSuchFileOrDirectory {
                continue
            } catch {
                var removal = Removal()
                removal.failure = KernelError("open the directory of", name.description, error)
                count(name.description, removal)
            }
        }
        return total
    }
}
