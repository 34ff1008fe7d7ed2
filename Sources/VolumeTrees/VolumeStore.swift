// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
package import SystemPackage

/// One volumes root: a directory whose directories are volumes.
package final class VolumeStore: Sendable {
    package let path: FilePath
    package let root: Directory

    private init(_ path: FilePath, _ root: consuming Directory) {
        self.path = path
        self.root = root
    }

    /// Opens the root; nil when there is none, which is no error: nothing was ever made there.
    package static func open(_ path: FilePath) throws(KernelError) -> VolumeStore? {
        do {
            return VolumeStore(path, try Directory(path: path))
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            let isLink =
                kind(ofPath: path) == .directory && (error == .notDirectory || error == .tooManySymbolicLinkLevels)
            let what = isLink ? "the symbolic link (name the directory it leads to)" : "the volumes root"
            throw KernelError("open \(what)", path.shown, error)
        }
    }

    /// Opens the root and makes it, closed to other users, where it does not exist.
    package static func openOrMake(_ path: FilePath) throws(KernelError) -> VolumeStore {
        if let store = try open(path) { return store }
        var above = FilePath("/")
        for component in path.components {
            let isLast = above.appending(component) == path
            do {
                try make(component, in: above, mode: isLast ? Layout.privateMode : Layout.commonMode)
            } catch {
                throw KernelError("make the volumes root", path.shown, error)
            }
            above.append(component)
        }
        guard let store = try open(path) else {
            throw KernelError("open the volumes root", path.shown, .noSuchFileOrDirectory)
        }
        return store
    }

    private static func make(_ component: FilePath.Component, in above: FilePath, mode: UInt32) throws(Errno) {
        guard let name = EntryName(bytes: FilePath(root: nil, [component]).bytes) else { throw .invalidArgument }
        // "/.": the way there may lead over a symbolic link of the administrator's.
        let parent = try Directory(path: above.appending("."))
        do { try parent.make(name, mode: mode) } catch .fileExists { return }
        try parent.sync()
    }

    /// Opens one volume's directory.
    package func open(_ name: VolumeName) throws(Errno) -> VolumeTree {
        VolumeTree(name, try root.open(name.entry))
    }
}

// MARK: - What lies in a root

extension VolumeStore {
    package struct Listing: Sendable {
        /// In the order of their names.
        package var volumes: [VolumeName] = []
        package var skipped: [Skipped] = []
        /// Directories of ours that a removal or an interrupted creation left.
        package var leftBehind: [EntryName] = []
    }

    /// An entry that is no volume, and why.
    package struct Skipped: Hashable, Sendable {
        package var name: EntryName
        package var reason: String
    }

    package func list(_ buffer: inout EntryBuffer) throws(KernelError) -> Listing {
        var listing = Listing()
        do {
            try root.rewind()
            try root.forEachEntry(&buffer) { entry in
                if let name = entry.name { note(name, entry.kind, in: &listing) }
                return true
            }
        } catch {
            throw KernelError("list the volumes root", path.shown, error)
        }
        listing.volumes.sort()
        listing.skipped.sort { $0.name < $1.name }
        return listing
    }

    private func note(_ name: EntryName, _ kind: FileKind, in listing: inout Listing) {
        let kind = kind == .unknown ? ((try? root.status(of: name))?.kind ?? .unknown) : kind
        guard kind == .directory else {
            listing.skipped.append(Skipped(name: name, reason: "it is \(kind.rawValue), not a volume"))
            return
        }
        if name.hasPrefix(Layout.trash) || name.hasPrefix(Layout.staging) {
            listing.leftBehind.append(name)
        } else if name.hasPrefix(Layout.doubt) {
            let reason = "a removal was cut short; give it back its volume's name, or remove it"
            listing.skipped.append(Skipped(name: name, reason: reason))
        } else if name == EntryName("lost+found") {
            listing.skipped.append(Skipped(name: name, reason: "it is the file system's own"))
        } else if let volume = VolumeName(name) {
            listing.volumes.append(volume)
        } else {
            listing.skipped.append(Skipped(name: name, reason: "no volume can have this name"))
        }
    }
}
