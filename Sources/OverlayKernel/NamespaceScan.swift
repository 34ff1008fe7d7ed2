// SPDX-License-Identifier: Apache-2.0

internal import COverlay
internal import Glibc
package import OverlayCore
internal import SystemPackage

/// One look at the overlays of every mount namespace on the host.
///
/// Blind spot: an overlay that was lazily detached and is held by a descriptor only is in no
/// namespace; ``InUseProbe`` sees it.
package enum NamespaceScan {
    package enum Way: CaseIterable, Sendable {
        /// The kernel's own list of namespaces, those without a process too: Linux 6.12, CAP_SYS_ADMIN.
        case kernel
        /// /proc/PID/task/TID/mountinfo, once per namespace. Misses namespaces without a process.
        case processes
    }

    /// What is mounted where; `incomplete` is set where some namespace could not be looked into.
    package static func look() -> NamespaceSightings {
        do throws(KernelError) {
            return try look(.kernel)
        } catch {
            var sightings = lookThroughProcesses()
            if sightings.incomplete != nil { sightings.incomplete?.append("; \(error)") }
            return sightings
        }
    }

    /// The same one way only; for tests, and for a host that must use it.
    package static func look(_ way: Way) throws(KernelError) -> NamespaceSightings {
        switch way {
        case .processes: return lookThroughProcesses()
        case .kernel:
            do {
                return try lookThroughKernel()
            } catch {
                throw KernelError("list", "the mount namespaces", error)
            }
        }
    }
}

// MARK: - Through the kernel

extension NamespaceScan {
    private static func lookThroughKernel() throws(Errno) -> NamespaceSightings {
        var sightings = NamespaceSightings()
        let own = try Descriptor(taking: unsafe ovl_openat2(OVL_AT_FDCWD, "/proc/self/ns/mnt", 0o2000000, 0, 0))
        var ownID: UInt64 = 0
        try value(unsafe ovl_namespace_id(own.number, &ownID))
        try look(into: ownID, isOwn: true, &sightings)
        try unsafe walk(from: own, ovl_namespace_next, &sightings)
        try unsafe walk(from: own, ovl_namespace_previous, &sightings)
        return sightings
    }

    private typealias Neighbour = (CInt, UnsafeMutablePointer<UInt64>?) -> CInt

    private static func walk(
        from start: borrowing Descriptor, _ neighbour: Neighbour, _ sightings: inout NamespaceSightings
    ) throws(Errno) {
        var id: UInt64 = 0
        guard var here = try unsafe step(start, neighbour, &id) else { return }
        while true {
            try look(into: id, isOwn: false, &sightings)
            guard let next = try unsafe step(here, neighbour, &id) else { return }
            here = next
        }
    }

    /// The next namespace; nil after the last.
    private static func step(
        _ from: borrowing Descriptor, _ neighbour: Neighbour, _ id: inout UInt64
    ) throws(Errno) -> Descriptor? {
        do {
            return try Descriptor(taking: unsafe neighbour(from.number, &id))
        } catch .noSuchFileOrDirectory {
            return nil
        }
    }

    private static func look(
        into namespace: UInt64, isOwn: Bool, _ sightings: inout NamespaceSightings
    ) throws(Errno) {
        sightings.namespaces += 1
        var ids = [UInt64](repeating: 0, count: 512)
        var last: UInt64 = 0
        while true {
            let room = ids.count
            let count: Int
            do {
                count = try value(unsafe ovl_listmount(namespace, last, &ids, room))
            } catch .noSuchFileOrDirectory {
                return  // The namespace died meanwhile, and its mounts with it.
            }
            guard count > 0 else { return }
            for id in ids[..<count] {
                guard let sighting = try sighting(of: id, in: namespace, isOwn: isOwn) else { continue }
                sightings.overlays.append(sighting)
            }
            last = ids[count - 1]
        }
    }

    /// Nil for what is no overlay, or gone meanwhile. Names are fetched for overlays only.
    private static func sighting(
        of id: UInt64, in namespace: UInt64, isOwn: Bool
    ) throws(Errno) -> OverlaySighting? {
        var mount = unsafe ovl_mount()
        do {
            try value(unsafe ovl_statmount_basic(namespace, id, &mount))
            guard unsafe mount.magic == UInt64(OVL_OVERLAYFS_MAGIC) else { return nil }
            var size = 4096
            while true {
                do {
                    return try namedSighting(of: id, in: namespace, isOwn: isOwn, size: size)
                } catch  where error == tooSmall && size < statmountLimit {
                    size *= 2
                }
            }
        } catch .noSuchFileOrDirectory {
            return nil
        }
    }

    private static func namedSighting(
        of id: UInt64, in namespace: UInt64, isOwn: Bool, size: Int
    ) throws(Errno) -> OverlaySighting {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        defer { unsafe buffer.deallocate() }
        var mount = unsafe ovl_mount()
        try value(unsafe ovl_statmount_strings(namespace, id, buffer, size, &mount))
        // Before Linux 6.11 statmount(2) tells no options: then /proc has to.
        guard let options = unsafe bytes(mount.options) else { throw .notSupported }
        let device = unsafe DeviceNumber(major: mount.device_major, minor: mount.device_minor)
        return unsafe OverlaySighting(
            namespace: namespace, isOwnNamespace: isOwn, device: device, point: bytes(mount.point) ?? [],
            source: bytes(mount.source) ?? [], upper: mountOption("upperdir", in: options))
    }
}

/// The kernel's word for a buffer that does not hold the strings.
private let tooSmall = Errno(rawValue: EOVERFLOW)

/// 500 layers of PATH_MAX are 2 MB.
private let statmountLimit = 4 << 20

/// A C string as bytes: names need not be UTF-8.
private func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
    guard let text = unsafe text else { return nil }
    let characters = unsafe UnsafeBufferPointer(start: text, count: strlen(text))
    return unsafe characters.map { UInt8(bitPattern: $0) }
}
