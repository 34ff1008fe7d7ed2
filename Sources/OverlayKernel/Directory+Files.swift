// SPDX-License-Identifier: Apache-2.0

internal import COverlay
package import OverlayCore
package import SystemPackage

extension Directory {
    private static let reading = UInt64(OVL_O_NOFOLLOW | OVL_O_CLOEXEC)
    /// A FIFO someone put there must not hold us up.
    private static let nonblocking = UInt64(OVL_O_NONBLOCK)
    private static let creating = UInt64(OVL_O_CREAT | OVL_O_EXCL | OVL_O_WRONLY | OVL_O_NOFOLLOW | OVL_O_CLOEXEC)

    /// The content of a small regular file. EFBIG: it is larger than `limit` bytes.
    ///
    /// The system calls are `openat2(2)` and `read(2)`.
    package borrowing func readFile(_ name: EntryName, limit: Int) throws(Errno) -> [UInt8] {
        let file = try descriptor(of: name, Self.reading | Self.nonblocking)
        return try file.readToEnd(limit: limit, isRegular: true)
    }

    /// Puts `content` under `name` so that after a crash there is the old file or the new one, whole:
    /// temporary file → fsync → rename → fsync of this directory.
    package borrowing func replaceFile(
        _ name: EntryName, with content: [UInt8], temporary: EntryName, mode: UInt32
    ) throws(Errno) {
        // What an earlier crash left of the same temporary file is ours to drop.
        do { try unlink(temporary) } catch .noSuchFileOrDirectory {}
        do {
            let file = try descriptor(of: temporary, Self.creating, mode: UInt64(mode))
            try file.write(content)
            try value(ovl_fsync(file.number))
            try replace(name, with: temporary)
        } catch {
            // The first error is the one to tell; a temporary file left behind is dropped next time.
            try? unlink(temporary)
            throw error
        }
        try sync()
    }
}

extension Descriptor {
    /// Everything up to the end, which a regular file tells by a short read. EFBIG: more than `limit`
    /// bytes.
    borrowing func readToEnd(limit: Int, isRegular: Bool = false) throws(Errno) -> [UInt8] {
        var content: [UInt8] = []
        // Most files here are a line; mount tables are megabytes.
        var chunk = [UInt8](repeating: 0, count: min(limit + 1, 512))
        while true {
            let room = chunk.count
            let count = try value(unsafe ovl_read(number, &chunk, room))
            if count == 0 { return content }
            content += chunk[..<count]
            guard content.count <= limit else { throw .fileTooLarge }
            if isRegular, count < room { return content }
            if count == room, room < 65_536 { chunk = [UInt8](repeating: 0, count: room * 8) }
        }
    }

    borrowing func write(_ content: [UInt8]) throws(Errno) {
        var rest = content[...]
        while !rest.isEmpty {
            rest = rest.dropFirst(try value(unsafe ovl_write(number, Array(rest), rest.count)))
        }
    }
}

/// The content of a file that is read and nothing more: configuration, /proc. Symbolic links are
/// followed; EFBIG: larger than `limit` bytes; EINVAL: not a file.
package func contents(of path: FilePath, limit: Int) throws(Errno) -> [UInt8] {
    let answer = unsafe path.withPlatformString { path in
        unsafe ovl_openat2(OVL_AT_FDCWD, path, UInt64(OVL_O_CLOEXEC | OVL_O_NONBLOCK), 0, 0)
    }
    let file = try Descriptor(taking: answer)
    var status = ovl_status()
    try value(unsafe ovl_statx(file.number, nil, &status))
    guard FileStatus(status).kind == .file else { throw .invalidArgument }
    return try file.readToEnd(limit: limit)
}
