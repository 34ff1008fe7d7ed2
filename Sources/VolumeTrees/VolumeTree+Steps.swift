// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import OverlayKernel
internal import SystemPackage

extension VolumeTree {
    package enum StepOutcome: Sendable {
        case done
        /// Done, and one more directory is in the trash.
        case doneWithTrash
        /// The tree was not as it had been seen: look and decide again.
        case lookAgain
    }

    /// Does one step. Each ends as if it had happened wholly or not at all, or can be done again.
    /// `metadata` is what `writeMetadata` writes; an upper takes its owner and mode from its base.
    package func perform(
        _ step: Step, metadata: VolumeMetadata? = nil, buffer: inout EntryBuffer
    ) throws(KernelError) -> StepOutcome {
        switch step {
        case .removeMountpoint: return try removeMountpoint()
        case .moveFilesAside: return try moveFilesAside()
        case .makeActivemounts:
            try make(Layout.activemounts, mode: Layout.commonMode)
            return .lookAgain
        case .dropUses: return try dropUses(&buffer)
        case .discardWorkdir: return try discardWorkdir()
        case .makeUpper: try makeUpper(from: metadata ?? self.metadata)
        case .renewUpper:
            try renewUpper()
            return .doneWithTrash
        case .makeWorkdir: try make(Layout.workdir, mode: Layout.privateMode)
        case .makeMountpoint: try make(Layout.mountpoint, mode: Layout.commonMode)
        case .writeMetadata: try write(metadata)
        }
        return .done
    }

    /// Names made and removed here last over a power cut once this returns.
    package func sync() throws(KernelError) {
        do { try directory.sync() } catch { throw KernelError("write to disk", name.description, error) }
    }

    private func removeMountpoint() throws(KernelError) -> StepOutcome {
        do {
            try directory.removeEmptyDirectory(Layout.mountpoint)
        } catch .noSuchFileOrDirectory {
        } catch .directoryNotEmpty {
            return .lookAgain
        } catch .resourceBusy {
            return .lookAgain
        } catch {
            throw KernelError("remove", "mountpoint/", error)
        }
        return .done
    }

    private func moveFilesAside() throws(KernelError) -> StepOutcome {
        do {
            recovered = try setAside(Layout.mountpoint, as: Layout.recovered)
            // A person's files under a new name: that is kept before anything else goes on.
            try directory.sync()
        } catch .noSuchFileOrDirectory {
            return .lookAgain
        } catch .resourceBusy {
            return .lookAgain
        } catch {
            throw KernelError("move aside", "mountpoint/", error)
        }
        return .done
    }

    /// Renames to the first free name of this prefix.
    func setAside(_ name: EntryName, as prefix: EntryName) throws(Errno) -> EntryName {
        for number in 1...asideLimit {
            do {
                let newName = EntryName(prefix: prefix, number: number)
                try directory.rename(name, to: newName)
                return newName
            } catch .fileExists { continue }
        }
        throw .tooManyLinks
    }

    private func dropUses(_ buffer: inout EntryBuffer) throws(KernelError) -> StepOutcome {
        var outcome = StepOutcome.done
        do {
            if let useNames {
                for name in useNames where try !dropUse(name) { outcome = .lookAgain }
                return outcome
            }
            try uses?.rewind()
            try uses?.forEachEntry(&buffer) { (entry) throws(Errno) in
                guard let name = entry.name else { return true }
                if try !dropUse(name) { outcome = .lookAgain }
                return true
            }
        } catch .noSuchFileOrDirectory {  // Somebody removed the directory itself.
            return .lookAgain
        } catch {
            throw KernelError("remove the use records in", "activemounts/", error)
        }
        return outcome
    }

    /// False when it is no use record.
    private func dropUse(_ name: EntryName) throws(Errno) -> Bool {
        do {
            try uses?.unlink(name)
        } catch .isDirectory {
            return false
        } catch .noSuchFileOrDirectory {}
        return true
    }

    /// An overlay leaves `workdir/work/` behind, empty as a rule: two rmdir(2) and it is gone. What
    /// holds more is renamed aside at once, so that a boot pays per volume and not per file.
    private func discardWorkdir() throws(KernelError) -> StepOutcome {
        do {
            // docker-on-top remakes activemounts/ at its start and so takes the lock away from under
            // us; a mount may follow. What goes is what was proven, and only while the lock holds.
            guard hasLock(), try isStillWorkdir() else { return .lookAgain }
            defer { forgetWorkdir() }
            if try removeEmptyWorkdir() { return .done }
            _ = try setAside(Layout.workdir, as: Layout.trash)
            return .doneWithTrash
        } catch .noSuchFileOrDirectory {
            return .done
        } catch {
            throw KernelError("discard", "workdir/", error)
        }
    }

    private func isStillWorkdir() throws(Errno) -> Bool {
        let named = try directory.status(of: Layout.workdir).identity
        return try withWorkdir { (workdir) throws(Errno) in try workdir.status().identity } == named
    }

    /// False when there is more in it than an empty `work/`.
    private func removeEmptyWorkdir() throws(Errno) -> Bool {
        do {
            try withWorkdir { (workdir) throws(Errno) in try removeWork(in: workdir) }
            try directory.removeEmptyDirectory(Layout.workdir)
            return true
        } catch .directoryNotEmpty {
            return false
        } catch .notDirectory {  // work is a file
            return false
        }
    }

    private func removeWork(in workdir: borrowing Directory) throws(Errno) {
        do { try workdir.removeEmptyDirectory(Layout.work) } catch .noSuchFileOrDirectory {}
    }

    private func make(_ name: EntryName, mode: UInt32) throws(KernelError) {
        do {
            try directory.make(name, mode: mode)
        } catch .fileExists {
        } catch {
            throw KernelError("make", "\(name)/", error)
        }
    }

    /// Made and furnished under a name of ours, then renamed: there is never a half `upper/`.
    private func makeUpper(from metadata: VolumeMetadata?) throws(KernelError) {
        let made = try makeSpareUpper(from: metadata)
        do {
            try directory.rename(made, to: Layout.upper)
        } catch {
            throw KernelError("make", "upper/", error)
        }
    }

    /// Exchanged in one step: before it the old upper, after it the new one.
    private func renewUpper() throws(KernelError) {
        let made = try makeSpareUpper(from: metadata)
        do {
            try directory.exchange(made, Layout.upper)
            _ = try setAside(made, as: Layout.trash)
        } catch {
            throw KernelError("exchange", "upper/", error)
        }
    }

    private func makeSpareUpper(from metadata: VolumeMetadata?) throws(KernelError) -> EntryName {
        guard let base = metadata?.base, let path = FilePath(bytes: base) else {
            throw KernelError("find the base of", "upper/", .invalidArgument)
        }
        let model: Directory
        do { model = try Directory(path: path.appending(".")) } catch {
            throw KernelError("open the base directory", path.shown, error)
        }
        let name: EntryName
        let upper: Directory
        do {
            name = try makeSpare()
            upper = try directory.open(name)
        } catch {
            throw KernelError("make", "upper/", error)
        }
        try upper.takeAttributes(from: model)
        do { try upper.sync() } catch { throw KernelError("write to disk", "upper/", error) }
        return name
    }

    private func makeSpare() throws(Errno) -> EntryName {
        for number in 1...asideLimit {
            do {
                let name = EntryName(prefix: Layout.spare, number: number)
                try directory.make(name, mode: Layout.privateMode)
                return name
            } catch .fileExists { continue }
        }
        throw .tooManyLinks
    }

    private func write(_ metadata: VolumeMetadata?) throws(KernelError) {
        guard let metadata else { throw KernelError("write", "metadata.json", .invalidArgument) }
        do {
            try directory.replaceFile(
                Layout.metadata, with: metadata.text, temporary: Layout.temporaryMetadata, mode: Layout.fileMode)
        } catch {
            throw KernelError("write", "metadata.json", error)
        }
    }
}

/// More directories set aside than this, and something else is wrong.
private let asideLimit = 100_000
