// SPDX-License-Identifier: Apache-2.0

internal import COverlay
internal import OverlayCore
internal import SystemPackage

extension Directory {
    /// Gives this directory the owner, mode and extended attributes of `model`: overlayfs shows the
    /// upper's at the root of a volume, and people expect the base's (access control lists are
    /// attributes too). Overlayfs' own attributes stay behind, they describe another overlay; so do
    /// those that only the base's file system knows (`btrfs.`, `system.nfs4_acl`).
    ///
    /// The system calls are `fchown(2)`, `fchmod(2)`, `flistxattr(2)`, `fgetxattr(2)`, `fsetxattr(2)`.
    package borrowing func takeAttributes(from model: borrowing Directory) throws(KernelError) {
        try dropInheritedLists()
        do {
            let status = try model.status()
            try value(ovl_fchown(descriptor.number, status.owner, status.group))
            // After the owner, which takes the setgid bit away (chown(2)).
            try value(ovl_fchmod(descriptor.number, status.permissions))
        } catch {
            throw KernelError("give the base's owner and mode to", "upper/", error)
        }
        for name in try model.attributeNames() where isCarried(name) {
            do {
                let content = try model.attribute(name)
                try value(unsafe ovl_fsetxattr(descriptor.number, name, content, content.count))
            } catch {
                let shownName = shown(name.dropLast().map { UInt8(bitPattern: $0) })
                throw KernelError("give upper/ the base's extended attribute", shownName, error)
            }
        }
    }

    /// Access control lists that the directory above passed on. Gone before the mode is set: with a
    /// list the group's bits are its mask, acl(5).
    private borrowing func dropInheritedLists() throws(KernelError) {
        for name in try attributeNames() where name.starts(with: accessControlList) {
            do {
                try value(unsafe ovl_fremovexattr(descriptor.number, name))
            } catch {
                throw KernelError("drop the inherited access control list of", "upper/", error)
            }
        }
    }

    /// Names with their NUL. The kernel allows 64 KiB of them, xattr(7).
    private borrowing func attributeNames() throws(KernelError) -> [[CChar]] {
        var buffer = [CChar](repeating: 0, count: 65_536)
        let size = buffer.count
        do {
            let length = try value(unsafe ovl_flistxattr(descriptor.number, &buffer, size))
            return buffer[..<length].split(separator: 0).map { Array($0) + [0] }
        } catch .notSupported {
            return []
        } catch {
            throw KernelError("list the extended attributes of", "the base", error)
        }
    }

    private borrowing func attribute(_ name: [CChar]) throws(Errno) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let size = buffer.count
        let length = try value(unsafe ovl_fgetxattr(descriptor.number, name, &buffer, size))
        return Array(buffer[..<length])
    }
}

private let accessControlList = "system.posix_acl_".utf8.map { CChar(bitPattern: $0) }

private func isCarried(_ name: [CChar]) -> Bool {
    let text = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if text.hasPrefix("trusted.overlay.") || text.hasPrefix("user.overlay.") { return false }
    return ["user.", "trusted.", "security.", "system.posix_acl_"].contains { text.hasPrefix($0) }
}
