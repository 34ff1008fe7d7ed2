// SPDX-License-Identifier: Apache-2.0

internal import COverlay
package import OverlayCore
package import SystemPackage

/// What statx(2) tells of a file, a directory or a name.
package struct FileStatus: Sendable {
    private let status: ovl_status

    init(_ status: ovl_status) { self.status = status }

    package var kind: FileKind { FileKind(mode: status.mode) }
    /// Permission bits only.
    package var permissions: UInt32 { status.mode & 0o7777 }
    package var owner: UInt32 { status.uid }
    package var group: UInt32 { status.gid }
    package var links: UInt32 { status.links }
    /// Bytes.
    package var size: UInt64 { status.size }
    /// Seconds since 1970; 0 where the file system keeps no time of birth.
    package var born: Int64 { status.born }
    package var modified: Int64 { status.modified }
    /// Whether something is mounted here (Linux 5.8).
    package var isMountRoot: Bool { status.is_mount_root != 0 }
    /// The id by which mountinfo names the mount this lies on.
    package var mount: UInt64 { status.mount }
    package var device: DeviceNumber { DeviceNumber(major: status.device_major, minor: status.device_minor) }
    package var identity: FileIdentity { FileIdentity(device: device, inode: status.inode) }
}

/// Which file it is, whatever its name.
package struct FileIdentity: Hashable, Sendable {
    package var device: DeviceNumber
    package var inode: UInt64
}

extension FileKind {
    /// From the type bits of a mode, inode(7).
    init(mode: UInt32) {
        switch mode & 0o170000 {
        case 0o040000: self = .directory
        case 0o100000: self = .file
        case 0o120000: self = .symbolicLink
        case 0o010000: self = .fifo
        case 0o140000: self = .socket
        case 0o060000, 0o020000: self = .device
        default: self = .unknown
        }
    }

    /// From the type byte of a directory entry, which is the mode's type bits; 0 is "not told".
    init(entryType: UInt8) { self.init(mode: UInt32(entryType) << 12) }
}

/// What a path leads to, symbolic links followed. The system call is `statx(2)`.
package func kind(ofPath path: FilePath) -> FileKind {
    var status = ovl_status()
    let answer = unsafe path.withPlatformString { path in unsafe ovl_statx_following(path, &status) }
    return answer == 0 ? FileStatus(status).kind : .unknown
}

/// The file a path leads to in the caller's namespace, symbolic links followed: for paths that other
/// programs told the kernel, to be compared and never opened. The system call is `statx(2)`.
package func identity(ofPath path: [UInt8]) throws(Errno) -> FileIdentity {
    var status = ovl_status()
    let cPath = path.map { CChar(bitPattern: $0) } + [0]
    try value(unsafe ovl_statx_following(cPath, &status))
    return FileStatus(status).identity
}
