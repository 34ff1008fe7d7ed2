// SPDX-License-Identifier: Apache-2.0

internal import OverlayCore
internal import OverlayKernel
package import VolumeTrees

/// Where in a root's volumes the mount table shows mounts. Read once a run: by path, so it only ever
/// makes a look closer or a verdict more careful.
package struct MountsBelow: Sendable {
    private var anywhere: Set<EntryName> = []
    private var insideMountpoint: Set<EntryName> = []

    package init(_ store: VolumeStore) {
        guard let path = try? store.root.currentPath(), let table = try? ownMountTable() else { return }
        let prefix = path + [0x2F]
        for record in table.records.values where record.point.starts(with: prefix) {
            let components = record.point.dropFirst(prefix.count).split(separator: 0x2F)
            guard let first = components.first, let name = EntryName(bytes: first) else { continue }
            anywhere.insert(name)
            if components.count > 2, components[1].elementsEqual(Layout.mountpoint.bytes) {
                insideMountpoint.insert(name)
            }
        }
    }

    func isAnywhere(in name: EntryName) -> Bool { anywhere.contains(name) }

    func isInsideMountpoint(of name: EntryName) -> Bool { insideMountpoint.contains(name) }
}
