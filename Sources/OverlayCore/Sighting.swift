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

    /// Whether its own words say that it is the overlay of the volume `name`, wherever its root is
    /// mounted: for an upper whose path does not resolve here.
    package func claims(_ name: VolumeName) -> Bool {
        guard let upper else { return false }
        let components = upper.split(separator: 0x2F).suffix(2)
        return components.count == 2 && components.first?.elementsEqual(name.entry.bytes) == true
            && components.last?.elementsEqual("upper".utf8) == true && sourceNames(name)
    }

    /// `docker-on-top_NAME`, `overlayd_NAME` or any other driver's `DRIVER_NAME`.
    private func sourceNames(_ name: VolumeName) -> Bool {
        let ending = [0x5F] + name.entry.bytes
        return source.count > ending.count && source.suffix(ending.count).elementsEqual(ending)
    }

    package var evidence: String {
        let place = isOwnNamespace ? "" : " in mount namespace \(namespace)"
        return "its overlay is mounted at \(shown(point))\(place)"
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
