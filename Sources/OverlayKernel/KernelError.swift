// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// A system call that failed: what was tried, on what, and the kernel's reason.
package struct KernelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, after "Failed to": "remove".
    package var operation: String
    /// On what: a name or path, safe to print.
    package var subject: String
    package var errno: Errno

    package init(_ operation: String, _ subject: String, _ errno: Errno) {
        self.operation = operation
        self.subject = subject
        self.errno = errno
    }

    package var description: String {
        let remedy = errno.remedy.map { " (\($0))" } ?? ""
        return "Failed to \(operation) \(subject): \(errno)\(remedy)"
    }
}

extension Errno {
    /// What a person does about it, for the reasons met most.
    var remedy: String? {
        switch self {
        case .notPermitted: "immutable? see lsattr; or not root"
        case .readOnlyFileSystem: "remount it writable"
        case .noSpace: "free some space on this file system"
        case .ioError: "the disk or file system is failing: see dmesg"
        case .tooManyOpenFiles: "raise LimitNOFILE= or ulimit -n"
        default: nil
        }
    }
}
