// SPDX-License-Identifier: Apache-2.0

internal import COverlay
package import OverlayCore
package import SystemPackage

/// An open directory: the only way to what lies in it.
///
/// A path is opened once, at the top; from there on names lead down, one at a time, never through a
/// symbolic link, never across a mount, never up (openat2(2), Linux 5.6).
package struct Directory: ~Copyable, Sendable {
    let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    private static let flags = UInt64(OVL_O_DIRECTORY | OVL_O_NOFOLLOW | OVL_O_CLOEXEC)
    private static let beneath = UInt64(OVL_RESOLVE_BENEATH | OVL_RESOLVE_NO_SYMLINKS | OVL_RESOLVE_NO_XDEV)

    /// Opens the directory at `path`, which may not itself be a symbolic link. Links and mounts on
    /// the way to it are the administrator's and are followed.
    ///
    /// The system call is `openat2(2)`.
    package init(path: FilePath) throws(Errno) {
        let answer = unsafe path.withPlatformString { path in
            unsafe ovl_openat2(OVL_AT_FDCWD, path, Self.flags, 0, 0)
        }
        self.init(try Descriptor(taking: answer))
    }

    /// Opens a directory in this one. ELOOP or ENOTDIR: not a directory; EXDEV: a mount.
    package borrowing func open(_ name: EntryName) throws(Errno) -> Directory {
        Directory(try descriptor(of: name, Self.flags))
    }

    /// Opens a directory in this one only to point at it (O_PATH): for the mount API.
    borrowing func point(at name: EntryName) throws(Errno) -> Descriptor {
        try descriptor(of: name, Self.flags | UInt64(OVL_O_PATH))
    }

    /// Takes over the descriptor of a new mount's root, which no path leads to.
    init(mount: consuming Descriptor) { self.init(mount) }

    /// The system call is `openat2(2)`.
    borrowing func descriptor(of name: EntryName, _ flags: UInt64, mode: UInt64 = 0) throws(Errno) -> Descriptor {
        try Descriptor(taking: unsafe ovl_openat2(descriptor.number, name.cString, flags, mode, Self.beneath))
    }

    /// The system call is `mkdirat(2)`; the mode is cut by the umask.
    package borrowing func make(_ name: EntryName, mode: UInt32) throws(Errno) {
        try value(unsafe ovl_mkdirat(descriptor.number, name.cString, mode))
    }

    /// Removes an empty directory. ENOTEMPTY: it is not; EBUSY: something is mounted on it.
    ///
    /// The system call is `unlinkat(2)` with AT_REMOVEDIR.
    package borrowing func removeEmptyDirectory(_ name: EntryName) throws(Errno) {
        try value(unsafe ovl_unlinkat(descriptor.number, name.cString, OVL_AT_REMOVEDIR))
    }

    /// Removes a name that is no directory. The system call is `unlinkat(2)`.
    package borrowing func unlink(_ name: EntryName) throws(Errno) {
        try value(unsafe ovl_unlinkat(descriptor.number, name.cString, 0))
    }

    /// Renames within this directory, never over something: EEXIST. The system call is `renameat2(2)`.
    package borrowing func rename(_ name: EntryName, to newName: EntryName) throws(Errno) {
        try rename(name, into: self, as: newName)
    }

    /// Renames into another directory of the same mount, never over something: EEXIST.
    package borrowing func rename(
        _ name: EntryName, into other: borrowing Directory, as newName: EntryName
    ) throws(Errno) {
        try value(
            unsafe ovl_renameat2(
                descriptor.number, name.cString, other.descriptor.number, newName.cString, UInt32(OVL_RENAME_NOREPLACE))
        )
    }

    /// Renames a file over another one, or over none.
    borrowing func replace(_ name: EntryName, with other: EntryName) throws(Errno) {
        try value(unsafe ovl_renameat2(descriptor.number, other.cString, descriptor.number, name.cString, 0))
    }

    /// Both names change places in one step.
    package borrowing func exchange(_ one: EntryName, _ other: EntryName) throws(Errno) {
        let flags = UInt32(OVL_RENAME_EXCHANGE)
        try value(unsafe ovl_renameat2(descriptor.number, one.cString, descriptor.number, other.cString, flags))
    }

    /// What stands under a name; a symbolic link is reported, not followed. The system call is `statx(2)`.
    package borrowing func status(of name: EntryName) throws(Errno) -> FileStatus {
        var status = ovl_status()
        try value(unsafe ovl_statx(descriptor.number, name.cString, &status))
        return FileStatus(status)
    }

    /// What this directory is. The system call is `statx(2)`.
    package borrowing func status() throws(Errno) -> FileStatus {
        var status = ovl_status()
        try value(unsafe ovl_statx(descriptor.number, nil, &status))
        return FileStatus(status)
    }

    /// Names made, renamed and removed in this directory survive a power cut once this returns.
    ///
    /// The system call is `fsync(2)`.
    package borrowing func sync() throws(Errno) { try value(ovl_fsync(descriptor.number)) }

    /// Takes the exclusive flock(2) without waiting; false when another holds it. It goes with this value.
    package borrowing func tryLock() throws(Errno) -> Bool {
        do {
            try value(ovl_flock_exclusive(descriptor.number))
            return true
        } catch .wouldBlock {
            return false
        }
    }

    /// Where the kernel says this directory is now: for comparing with what others told it.
    package borrowing func currentPath() throws(Errno) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = buffer.count
        let length = try value(unsafe ovl_readlink("/proc/self/fd/\(descriptor.number)", &buffer, count))
        return buffer.prefix(length).map { UInt8(bitPattern: $0) }
    }
}
