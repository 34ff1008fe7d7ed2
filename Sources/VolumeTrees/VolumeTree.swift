// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
package import SystemPackage

/// One volume's directory, open, and the lock on it.
///
/// The lock is docker-on-top's: flock(2) on `activemounts/`. It goes with this object.
package final class VolumeTree {
    package let name: VolumeName
    package let directory: Directory
    /// `activemounts/`, once it was opened.
    private(set) var uses: Directory?
    /// The records in it as they were listed, while there are few; nil: list them again.
    var useNames: [EntryName]? = []
    /// `workdir/`, once something was to be done with it.
    private var workdir: Directory?
    /// The listing starts where it stopped: a second look has to go back.
    var wasListed = false
    package private(set) var isLocked = false
    /// The name that files found in `mountpoint/` were given.
    package internal(set) var recovered: EntryName?
    /// What metadata.json says, once it was read and found complete.
    package private(set) var metadata: VolumeMetadata?

    init(_ name: VolumeName, _ directory: consuming Directory) {
        self.name = name
        self.directory = directory
    }

    /// Opens `activemounts/` and, if asked, takes the lock without waiting for it. To be done before
    /// looking: what was seen before the lock was taken proves nothing.
    package func openUses(locking: Bool) -> PartFact {
        isLocked = false
        uses = nil
        do {
            let opened = try directory.open(Layout.activemounts)
            if locking { isLocked = try opened.tryLock() }
            uses = consume opened
            return .directory
        } catch .noSuchFileOrDirectory {
            return .absent
        } catch .tooManySymbolicLinkLevels {
            return .other(.symbolicLink)
        } catch .notDirectory {
            return .other(kind(of: Layout.activemounts))
        } catch .improperLink {  // EXDEV
            return .mount
        } catch {
            return .unreadable(error)
        }
    }

    /// Whether the lock is one that others meet too; to be asked before anything is done under it.
    ///
    /// Whoever replaces the directory (docker-on-top does at its start) leaves us with a lock on one
    /// that has no name any more.
    package func hasLock() -> Bool {
        guard isLocked, let links = try? uses?.status().links, links > 0 else { return false }
        return true
    }

    /// `workdir/`, opened once: to ask the kernel about it, then to take it away.
    package func withWorkdir<Result>(
        _ body: (borrowing Directory) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        let opened = if let workdir = workdir.take() { workdir } else { try directory.open(Layout.workdir) }
        let result = try body(opened)
        workdir = consume opened
        return result
    }

    /// To be opened anew: under its name there may be another one.
    func forgetWorkdir() { workdir = nil }

    /// The lock is given back.
    package func unlock() {
        uses = nil
        isLocked = false
    }

    func kind(of name: EntryName) -> FileKind {
        (try? directory.status(of: name))?.kind ?? .unknown
    }

    /// What the file says; to be asked where a listing showed a file.
    func readMetadata() -> MetadataFact {
        metadata = nil
        do {
            let text = try directory.readFile(Layout.metadata, limit: VolumeMetadata.sizeLimit)
            do {
                metadata = try VolumeMetadata(parsing: text)
                return .complete
            } catch {
                return .broken(error.description)
            }
        } catch .noSuchFileOrDirectory {
            return .absent
        } catch .fileTooLarge {
            return .broken("it is larger than \(VolumeMetadata.sizeLimit) bytes")
        } catch {
            return .unreadable(error)
        }
    }
}
