// SPDX-License-Identifier: Apache-2.0

internal import COverlay
package import OverlayCore
package import SystemPackage

/// One entry as getdents64(2) tells it.
package struct DirectoryEntry {
    private let records: [UInt8]
    private let nameRange: Range<Int>
    /// `unknown` where the file system does not tell.
    package let kind: FileKind

    fileprivate init(_ records: [UInt8], name: Range<Int>, kind: FileKind) {
        self.records = records
        self.nameRange = name
        self.kind = kind
    }

    /// Whether it is called so; costs no allocation.
    package func isNamed(_ name: EntryName) -> Bool {
        nameRange.count == name.cString.count - 1 && hasPrefix(name)
    }

    package func hasPrefix(_ prefix: EntryName) -> Bool {
        let count = prefix.cString.count - 1
        guard nameRange.count >= count else { return false }
        let start = nameRange.lowerBound
        for index in 0..<count where CChar(bitPattern: records[start + index]) != prefix.cString[index] {
            return false
        }
        return true
    }

    /// Its name, copied. Nil only for what no file system of ours gives: a name with a slash.
    package var name: EntryName? { EntryName(slice: records[nameRange]) }

    package var nameBytes: ArraySlice<UInt8> { records[nameRange] }
}

/// Memory for listings, to be used again and again.
package struct EntryBuffer: ~Copyable {
    fileprivate var bytes: [UInt8]

    /// Room for `size` bytes; the kernel wants at least one whole entry, 280.
    package init(size: Int = 32_768) { bytes = [UInt8](repeating: 0, count: max(size, 512)) }
}

extension Directory {
    /// Walks over the entries from where the last walk stopped, `.` and `..` left out, until the
    /// end or until `body` returns false, which drops what was read with it. What was made since the
    /// directory was opened or rewound may be left out (btrfs leaves it out).
    ///
    /// The system call is `getdents64(2)`.
    package borrowing func forEachEntry(
        _ buffer: inout EntryBuffer, _ body: (DirectoryEntry) throws(Errno) -> Bool
    ) throws(Errno) {
        while try nextEntries(&buffer, body) {}
    }

    /// One read of entries; false at the end or when `body` said so.
    borrowing func nextEntries(
        _ buffer: inout EntryBuffer, _ body: (DirectoryEntry) throws(Errno) -> Bool
    ) throws(Errno) -> Bool {
        let size = buffer.bytes.count
        let filled = try value(unsafe ovl_getdents64(descriptor.number, &buffer.bytes, size))
        guard filled > 0 else { return false }
        let records = buffer.bytes
        var at = 0
        // struct linux_dirent64 { u64 ino; s64 off; u16 reclen; u8 type; char name[]; }
        while at + nameOffset < filled {
            let length = Int(records[at + 16]) | Int(records[at + 17]) << 8
            guard length > nameOffset, at + length <= filled else { throw .ioError }
            let start = at + nameOffset
            let end = records[start..<(at + length)].firstIndex(of: 0) ?? at + length
            let entry = DirectoryEntry(records, name: start..<end, kind: FileKind(entryType: records[at + 18]))
            at += length
            if records[start..<end].elementsEqual([0x2E]) || records[start..<end].elementsEqual([0x2E, 0x2E]) {
                continue
            }
            guard try body(entry) else { return false }
        }
        return true
    }

    /// From the start again. The system call is `lseek(2)`.
    package borrowing func rewind() throws(Errno) { try value(ovl_rewind(descriptor.number)) }

    /// Whether there is nothing in it but `.` and `..`.
    package borrowing func isEmpty() throws(Errno) -> Bool {
        var buffer = EntryBuffer(size: 1024)
        var empty = true
        try rewind()
        try forEachEntry(&buffer) { _ in
            empty = false
            return false
        }
        return empty
    }
}

private let nameOffset = 19
