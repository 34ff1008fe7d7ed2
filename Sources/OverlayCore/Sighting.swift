// SPDX-License-Identifier: Apache-2.0

/// An overlay seen in some mount namespace: what the scan brings home of it.
package struct OverlaySighting: Hashable, Sendable {
    /// The namespace's number, as the link /proc/PID/ns/mnt or the kernel gives it.
    package var namespace: UInt64
    package var isOwnNamespace: Bool
    package var device: DeviceNumber
    package var point: [UInt8]
    package var source: [UInt8]
    package var upper: [UInt8]?

    package init(
        namespace: UInt64, isOwnNamespace: Bool, device: DeviceNumber, point: [UInt8], source: [UInt8],
        upper: [UInt8]?
    ) {
        self.namespace = namespace
        self.isOwnNamespace = isOwnNamespace
        self.device = device
        self.point = point
        self.source = source
        self.upper = upper
    }

    /// NAME of an upper called `.../NAME/upper`, trailing slashes aside: the volume it may belong to.
    package var volumeEntry: EntryName? {
        guard let components = upper?.split(separator: 0x2F).suffix(2), components.count == 2,
            components.last?.elementsEqual("upper".utf8) == true
        else { return nil }
        return components.first.flatMap { EntryName(bytes: $0) }
    }

    package var evidence: String {
        let place = isOwnNamespace ? "" : " in mount namespace \(namespace)"
        return "its overlay (\(shown(source))) is mounted at \(shown(point))\(place)"
    }
}

/// What a look through every mount namespace found.
package struct NamespaceSightings: Sendable {
    package var overlays: [OverlaySighting] = []
    package var namespaces = 0
    /// Set when some namespace could not be looked into: then nothing is proven.
    package var incomplete: String?

    package init() {}
}
