// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
internal import SystemPackage

/// What one removal did.
package struct Removal: Sendable {
    /// How many names are gone.
    package var removed = 0
    /// The first thing that could not be removed, and why; the rest was removed all the same.
    package var failure: KernelError?
    /// Directories moved up because they lay too deep to be held open from the top.
    fileprivate var lifted = 0
    /// Names that somebody else removed first.
    fileprivate var vanished = 0
    fileprivate var progress: Int { removed + lifted + vanished }

    package init() {}

    fileprivate mutating func note(_ name: EntryName, _ errno: Errno) {
        if failure == nil { failure = KernelError("remove", name.description, errno) }
    }
}

/// What lies deeper than this below the top is moved up and taken in its turn, so that neither depth
/// nor path length has a bound, and descriptors do.
private let openLevels = 32

extension Directory {
    /// Removes `name`, a directory, and everything in it. The one recursive delete there is.
    ///
    /// It never follows a symbolic link, never enters a mount (one met is a failure, and left as it
    /// is), never leaves `name`, and goes on past what it cannot remove. What is gone already is no
    /// error, so it can be killed at any moment and run again. Directories it moves up while it works
    /// are called `.overlayd-deep.N` and lie in `name` itself.
    ///
    /// The caller has proven that `name` is ours and that nothing uses it.
    package borrowing func removeTree(_ name: EntryName, buffer: inout EntryBuffer) -> Removal {
        var removal = Removal()
        do {
            if try removeIfEmpty(name) {
                removal.removed += 1
                return removal
            }
            let top = try open(name)
            var progress = -1
            // One round does, but for what was moved up, and for names that a listing misses while
            // its directory changes. A round that gets no further is the last.
            while removal.progress > progress {
                progress = removal.progress
                removal.failure = nil
                try top.rewind()
                top.emptyOut(lifting: top, depth: 0, &buffer, &removal)
                if try removeIfEmpty(name) {
                    removal.removed += 1
                    return removal
                }
            }
            removal.note(name, .directoryNotEmpty)
        } catch .noSuchFileOrDirectory {
            // Somebody else removed it, which is what was wanted.
        } catch {
            removal.note(name, error)
        }
        return removal
    }

    /// False when there is something in it.
    private borrowing func removeIfEmpty(_ name: EntryName) throws(Errno) -> Bool {
        do {
            try removeEmptyDirectory(name)
            return true
        } catch .directoryNotEmpty {
            return false
        } catch .fileExists {  // rmdir(2) allows either
            return false
        }
    }

    /// Removes what is in this directory, depth first.
    private borrowing func emptyOut(
        lifting top: borrowing Directory, depth: Int, _ buffer: inout EntryBuffer, _ removal: inout Removal
    ) {
        var more = true
        while more {
            // Directories are left for after the read: the buffer serves every level.
            var directories: [EntryName] = []
            do {
                more = try nextEntries(&buffer) { entry in
                    guard let name = entry.name else { return true }
                    if entry.kind == .directory || !removeFile(name, &removal) { directories.append(name) }
                    return true
                }
            } catch .noSuchFileOrDirectory {  // This directory itself is gone.
                removal.vanished += 1
                return
            } catch {
                removal.note(EntryName("."), error)
                return
            }
            for name in directories { removeDirectory(name, lifting: top, depth: depth, &buffer, &removal) }
        }
    }

    /// False when it turns out to be a directory.
    private borrowing func removeFile(_ name: EntryName, _ removal: inout Removal) -> Bool {
        do {
            try unlink(name)
            removal.removed += 1
        } catch .isDirectory {
            return false
        } catch .noSuchFileOrDirectory {
            removal.vanished += 1
        } catch {
            removal.note(name, error)
        }
        return true
    }

    private borrowing func removeDirectory(
        _ name: EntryName, lifting top: borrowing Directory, depth: Int, _ buffer: inout EntryBuffer,
        _ removal: inout Removal
    ) {
        do {
            if try !removeIfEmpty(name) {
                if depth == openLevels { return try lift(name, to: top, &removal) }
                try open(name).emptyOut(lifting: top, depth: depth + 1, &buffer, &removal)
                guard try removeIfEmpty(name) else { return removal.note(name, .directoryNotEmpty) }
            }
            removal.removed += 1
        } catch .noSuchFileOrDirectory {
            removal.vanished += 1
        } catch {
            removal.note(name, error)
        }
    }

    private borrowing func lift(
        _ name: EntryName, to top: borrowing Directory, _ removal: inout Removal
    ) throws(Errno) {
        var number = removal.lifted
        while true {
            number += 1
            do {
                try rename(name, into: top, as: EntryName(prefix: deepPrefix, number: number))
                removal.lifted += 1
                return
            } catch .fileExists { continue }
        }
    }
}

private let deepPrefix = EntryName(".overlayd-deep.")
