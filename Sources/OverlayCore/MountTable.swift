// SPDX-License-Identifier: Apache-2.0

/// The number of a file system's device; an overlay has one of its own, the same in every namespace.
package struct DeviceNumber: Hashable, Sendable {
    package var major: UInt32
    package var minor: UInt32

    package init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }
}

/// One line of /proc/PID/mountinfo. Paths and names are bytes, their octal escapes undone.
package struct MountRecord: Hashable, Sendable {
    package var id: UInt64
    package var parent: UInt64
    package var device: DeviceNumber
    package var point: [UInt8]
    package var type: [UInt8]
    package var source: [UInt8]
    /// The superblock's options as they stand there, escapes kept: split first, then undo.
    package var options: [UInt8]

    package var isOverlay: Bool { type.elementsEqual("overlay".utf8) }
}

extension MountRecord {
    /// The value of one option of the superblock, its octal escapes undone.
    package func option(_ name: StaticString) -> [UInt8]? { mountOption(name, in: options) }
}

/// The value of `name=` in a comma-separated option text of mountinfo or statmount(2).
///
/// The kernel writes a comma, space, tab, newline or backslash in a value as `\ooo`, so a bare comma
/// always ends it (seq_show_option in include/linux/seq_file.h).
package func mountOption(_ name: StaticString, in options: [UInt8]) -> [UInt8]? {
    let key = name.withUTF8Buffer { Array($0) } + [0x3D]
    for option in options.split(separator: 0x2C) where option.starts(with: key) {
        return unescapedOctal(option.dropFirst(key.count))
    }
    return nil
}

/// `\040` and its like undone, as seq_escape(9) writes them.
package func unescapedOctal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard bytes.contains(0x5C) else { return Array(bytes) }
    var plain: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        let digits = rest.prefix(3)
        if byte == 0x5C, digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
            plain.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
            rest = rest.dropFirst(3)
        } else {
            plain.append(byte)
        }
    }
    return plain
}

/// The mounts of one namespace at one moment.
package struct MountTable: Sendable {
    package private(set) var records: [UInt64: MountRecord] = [:]
    /// Lines that are not of the form proc(5) gives.
    package private(set) var unreadableLines = 0

    /// Reads the text of a mountinfo file.
    package init(mountinfo: [UInt8]) {
        for line in mountinfo.split(separator: 0x0A) {
            if let record = MountRecord(line: line) {
                records[record.id] = record
            } else {
                unreadableLines += 1
            }
        }
    }

    package var overlays: [MountRecord] { records.values.filter(\.isOverlay) }

    /// The mount with this id and those it covers on the same mountpoint, the topmost first.
    package func stack(from id: UInt64) -> [MountRecord] {
        guard let top = records[id] else { return [] }
        var stack = [top]
        while let last = stack.last, let below = records[last.parent], below.point == top.point, below.id != last.id {
            guard stack.count < records.count else { break }
            stack.append(below)
        }
        return stack
    }
}

extension MountRecord {
    /// One line, from proc(5):
    ///
    ///     36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    ///     (1)(2)(3)   (4)   (5)      (6)      (7)   (8) (9)   (10)         (11)
    ///
    /// id, parent, major:minor, root, mountpoint, mount options, zero or more optional fields, a
    /// dash, type, source, superblock options.
    package init?(line: ArraySlice<UInt8>) {
        let fields = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard fields.count >= 10, let dash = fields[6...].firstIndex(where: { $0.elementsEqual([0x2D]) }),
            fields.count >= dash + 4, let id = decimal(fields[0]), let parent = decimal(fields[1])
        else { return nil }
        let device = fields[2].split(separator: 0x3A, omittingEmptySubsequences: false)
        guard device.count == 2, let major = decimal(device[0]), let minor = decimal(device[1]),
            let major = UInt32(exactly: major), let minor = UInt32(exactly: minor)
        else { return nil }
        self.init(
            id: id, parent: parent, device: DeviceNumber(major: major, minor: minor),
            point: unescapedOctal(fields[4]), type: Array(fields[dash + 1]),
            source: unescapedOctal(fields[dash + 2]), options: Array(fields[dash + 3]))
    }
}

private func decimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    guard !digits.isEmpty, digits.count <= 20 else { return nil }
    var number: UInt64 = 0
    for digit in digits {
        guard (0x30...0x39).contains(digit) else { return nil }
        let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit - 0x30))
        guard !overflow, !carry else { return nil }
        number = sum
    }
    return number
}
