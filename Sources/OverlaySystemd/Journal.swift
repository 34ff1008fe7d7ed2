// SPDX-License-Identifier: Apache-2.0

internal import CSystemd
internal import Glibc

/// journald, by its native protocol: sd_journal_sendv(3).
package enum Journal {
    private static let socket = "/run/systemd/journal/socket"

    /// Whether what is written to standard output and standard error ends in the journal: `JOURNAL_STREAM`
    /// names it by device and inode (systemd.exec(5)). That the variable is set proves nothing, for children
    /// inherit it; and where journald cannot be reached, sd_journal_sendv(3) says nothing of it.
    package static var isBehindOutput: Bool {
        guard let text = unsafe getenv("JOURNAL_STREAM"), unsafe access(socket, W_OK) == 0,
            let stream = StreamName(unsafe String(cString: text))
        else { return false }
        return [STDOUT_FILENO, STDERR_FILENO].allSatisfy { StreamName(of: $0) == stream }
    }

    /// "8:1234"
    package struct StreamName: Equatable, Sendable {
        package var device: UInt64
        package var inode: UInt64

        package init(device: UInt64, inode: UInt64) {
            self.device = device
            self.inode = inode
        }

        init?(of descriptor: CInt) {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else { return nil }
            self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        }

        package init?(_ text: String) {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return nil }
            self.init(device: device, inode: inode)
        }
    }

    /// An entry as journald gets it, `NAME=value` each.
    package static func assignments(_ notice: some Tellable, _ event: Event, identifier: String) -> [String] {
        [
            "MESSAGE=\(notice.text)", "PRIORITY=\(event.priority.rawValue)", "MESSAGE_ID=\(event.messageID)",
            "SYSLOG_IDENTIFIER=\(identifier)",
        ] + notice.fields.compactMap { name, value in value.map { "\(name)=\($0)" } }
    }

    /// False when journald did not take it. That there is none it does not say: ``isBehindOutput`` does.
    package static func send(_ assignments: [String]) -> Bool {
        // One piece of memory for all fields: each vector points into it.
        let assignments = assignments.map { Array($0.utf8) }
        var bytes = Array(assignments.joined())
        return unsafe bytes.withUnsafeMutableBytes { memory in
            var offset = 0
            var vectors: [iovec] = unsafe []
            for assignment in assignments {
                let base = unsafe memory.baseAddress.map { unsafe $0 + offset }
                unsafe vectors.append(iovec(iov_base: base, iov_len: assignment.count))
                offset += assignment.count
            }
            return unsafe sd_journal_sendv(vectors, CInt(vectors.count)) == 0
        }
    }
}
