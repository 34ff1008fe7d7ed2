// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

extension VolumeName {
    init(test text: String) throws { try self.init(validating: text.utf8) }
}

extension Scratch {
    func store() throws -> VolumeStore { try VolumeStore.openOrMake(rootPath) }

    func tree(_ name: String = "web") throws -> VolumeTree { try store().open(try VolumeName(test: name)) }

    /// The facts of one tree, looked at anew.
    func look(_ name: String = "web", _ depth: VolumeTree.Depth = .thorough) throws -> VolumeFacts {
        try tree(name).look(depth)
    }

    /// What lies in the volume's directory, one name a line.
    func parts(_ name: String = "web") async throws -> [String] {
        try await Shell.bash("ls -A \(root)/\(name)").split(separator: "\n").map(String.init)
    }

    var metadata: VolumeMetadata { VolumeMetadata(base: Array(base.utf8), volatile: false) }
}

extension VolumeTree {
    /// The facts but for strangers, which many of these tests put there for their own ends.
    func look(_ depth: Depth = .thorough, locking: Bool = true) -> VolumeFacts {
        var buffer = EntryBuffer()
        var facts = look(depth, locking: locking, buffer: &buffer) { _ in .foreign("a mount") }
        facts.stranger = nil
        return facts
    }

    @discardableResult
    func perform(_ step: Step, metadata: VolumeMetadata? = nil) throws(KernelError) -> StepOutcome {
        var buffer = EntryBuffer()
        // Steps are for who holds the lock.
        if !isLocked { _ = openUses(locking: true) }
        return try perform(step, metadata: metadata, buffer: &buffer)
    }

    func emptyTrash() -> Removal {
        var buffer = EntryBuffer()
        return emptyTrash(&buffer)
    }
}

extension VolumeStore {
    func list() throws(KernelError) -> Listing {
        var buffer = EntryBuffer()
        return try list(&buffer)
    }

    func emptyLeftBehind(_ name: EntryName) -> Removal {
        var buffer = EntryBuffer()
        return emptyLeftBehind(name, &buffer)
    }

    /// Whether creating it succeeded, already was done, or failed, and with what.
    func creation(of name: String, _ metadata: VolumeMetadata) throws -> CreationError? {
        let name = try VolumeName(test: name)
        do {
            try create(name, metadata)
            return nil
        } catch {
            return error
        }
    }
}
