// SPDX-License-Identifier: Apache-2.0

internal import COverlay
package import OverlayCore
package import SystemPackage

/// Whether this process sees the host's mounts.
///
/// In another mount namespace a directory that is a mountpoint on the host looks unmounted, and
/// rmdir(2) of it succeeds and tears the host's mount down (seen on Linux 6.18). So the programs
/// compare their namespace with pid 1's before they touch anything.
package enum MountNamespace {
    package enum Verdict: Hashable, Sendable {
        case host
        case other
        /// It cannot be told; reading /proc/1/ns/mnt needs CAP_SYS_PTRACE.
        case unknown(Errno)
    }

    package static func compareWithHost() -> Verdict {
        do {
            let own = try identity(ofPath: Array("/proc/self/ns/mnt".utf8))
            let host = try identity(ofPath: Array("/proc/1/ns/mnt".utf8))
            return own == host ? .host : .other
        } catch {
            return .unknown(error)
        }
    }
}

/// The mounts this process sees. Read in one go from /proc/self/mountinfo, which is up to hundreds of
/// kilobytes: for the rare volume that has something mounted on it, not for every look.
package func ownMountTable() throws(Errno) -> MountTable {
    MountTable(mountinfo: try contents(of: "/proc/self/mountinfo", limit: mountTableLimit))
}

/// 100,000 mounts (fs.mount-max) of a few hundred bytes each.
let mountTableLimit = 64 << 20
