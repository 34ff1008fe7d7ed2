// SPDX-License-Identifier: Apache-2.0

internal import OverlayKernel

/// Which mount namespace a program may act in.
package enum NamespacePolicy: String, Sendable, CaseIterable {
    /// Only pid 1's, where what looks unmounted is unmounted.
    case host
    /// Whichever it runs in: for tests, `make run` and private sandboxes.
    case own = "self"

    /// Why this program must not act here; nil when it may.
    package var objection: String? {
        guard self == .host else { return nil }
        switch MountNamespace.compareWithHost() {
        case .host: return nil
        case .other:
            return """
                this is not the mount namespace of pid 1, so a volume that is mounted on the host may look \
                unmounted here, and nothing can be touched safely. Run it on the host and without a private mount \
                namespace (nsenter --mount --target 1), or say --namespace=self if this namespace is all there is
                """
        case .unknown(let errno):
            return """
                it cannot be told whether this is the mount namespace of pid 1 (/proc/1/ns/mnt: \(errno)), so nothing \
                was touched. Run it as root with CAP_SYS_PTRACE, or say --namespace=self if this namespace is all \
                there is
                """
        }
    }
}
