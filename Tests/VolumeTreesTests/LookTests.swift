// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// The facts of a tree: each part, whatever stands in its place.
@Suite struct LookTests {
    /// What stands where a part belongs, and how it is put there.
    enum Odd: String, CaseIterable, Sendable {
        case missing = "true"
        case directory = "mkdir $p"
        case linkToDirectory = "mkdir away; ln -s away $p"
        case linkToNothing = "ln -s nowhere $p"
        case file = "touch $p"
        case fifo = "mkfifo $p"
        case device = "mknod $p c 1 3"
        case modeZero = "mkdir $p; chmod 0 $p"
        case mount = "mkdir $p; mount -t tmpfs own $p"
        case boundDirectory = "mkdir $p away; mount --bind away $p"

        var kind: FileKind? {
            switch self {
            case .missing, .directory, .modeZero, .mount, .boundDirectory: nil
            case .linkToDirectory, .linkToNothing: .symbolicLink
            case .file: .file
            case .fifo: .fifo
            case .device: .device
            }
        }

        var isMount: Bool { self == .mount || self == .boundDirectory }
    }

    private func part(_ odd: Odd, _ depth: VolumeTree.Depth) -> PartFact {
        if let kind = odd.kind { return .other(kind) }
        if odd == .missing { return .absent }
        // A quick look leaves mounts below to the steps, which never cross one.
        return odd.isMount && depth == .thorough ? .mount : .directory
    }

    private func expected(_ part: VolumePart, _ odd: Odd, _ depth: VolumeTree.Depth) -> VolumeFacts {
        var facts = VolumeFacts.clean
        switch part {
        case .upper: facts.upper = self.part(odd, depth)
        case .workdir: facts.workdir = self.part(odd, depth)
        case .activemounts: facts.activemounts = self.part(odd, .thorough)
        case .mountpoint:
            if let kind = odd.kind {
                facts.mountpoint = .other(kind)
            } else {
                facts.mountpoint = odd == .missing ? .absent : odd.isMount ? .foreign("a mount") : .directory
            }
        case .metadata:
            switch odd {
            case .missing: facts.metadata = .absent
            case .file: facts.metadata = .broken("it is empty")
            case .directory, .modeZero, .mount, .boundDirectory: facts.metadata = .other(.directory)
            default: facts.metadata = odd.kind.map { .other($0) } ?? .absent
            }
        }
        return facts
    }

    @Test(arguments: VolumePart.allCases, [FileSystem.tmpfs, .xfs])
    func everyPartWhateverItIs(_ part: VolumePart, _ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            for odd in Odd.allCases {
                let name = "\(odd)"
                try await scratch.makeVolume(name)
                try await Shell.bash("cd \(scratch.root)/\(name); p=\(part.rawValue); rm -rf $p; \(odd.rawValue)")
                for depth in [VolumeTree.Depth.quick, .thorough] {
                    #expect(try scratch.look(name, depth) == expected(part, odd, depth), "\(odd), \(depth)")
                }
                let before = try await scratch.snapshot("\(scratch.root)/\(name)")
                _ = try scratch.look(name)
                #expect(try await scratch.snapshot("\(scratch.root)/\(name)") == before)
            }
        }
    }

    @Test(arguments: FileSystem.allCases) func atRestAndLeftOver(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeVolume("web")
            #expect(try scratch.look() == .clean)
            #expect(try scratch.look("web", .quick) == .clean)
            try await scratch.mount("web")
            var facts = VolumeFacts.clean
            facts.mountpoint = .foreign("a mount")
            facts.workdir = .directory
            facts.uses.count = 1
            #expect(try scratch.look() == facts)
            try await Shell.bash("umount \(scratch.root)/web/mountpoint")
            facts.mountpoint = .directory
            #expect(try scratch.look() == facts)
            #expect(try scratch.look("web", .quick) == facts)
        }
    }

    @Test func mountpointWithFiles() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            for (script, thorough) in [
                ("mkdir mountpoint", MountpointFact.directory), ("touch mountpoint/.hidden", .occupied),
                ("rm mountpoint/.hidden; mkdir mountpoint/d", .occupied), ("rmdir mountpoint/d", .directory),
            ] {
                try await Shell.bash("cd \(scratch.root)/web; \(script)")
                #expect(try scratch.look().mountpoint == thorough, "\(script)")
                #expect(try scratch.look("web", .quick).mountpoint == .directory, "\(script)")
            }
        }
    }

    /// The mount's id is the one that mountinfo shows for the topmost mount.
    @Test func theMountIsAskedAboutByItsID() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            try await Shell.bash("mount -t tmpfs over \(scratch.root)/web/mountpoint")
            let id = try await Shell.bash(
                "grep ' \(scratch.root)/web/mountpoint .* - tmpfs' /proc/self/mountinfo | cut -d' ' -f1")
            var buffer = EntryBuffer()
            var asked: [UInt64] = []
            let facts = try scratch.tree().look(.quick, locking: false, buffer: &buffer) { mount in
                asked.append(mount)
                return .stacked
            }
            #expect(facts.mountpoint == .stacked)
            #expect(asked.map { "\($0)\n" } == [id])
        }
    }

    @Test func anotherLookSeesWhatIsThereThen() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            #expect(tree.look() == .clean)
            try await Shell.bash(
                "cd \(scratch.root)/web; mkdir workdir mountpoint; touch activemounts/{a,b}; rm metadata.json")
            var facts = VolumeFacts.clean
            facts.workdir = .directory
            facts.mountpoint = .directory
            facts.uses.count = 2
            facts.metadata = .absent
            #expect(tree.look() == facts)
            #expect(tree.look(.quick) == facts)
            _ = tree.emptyTrash()
            #expect(tree.look() == facts)
        }
    }

    /// A tree whose trash was emptied before anything else was asked of it.
    @Test func lookAfterEmptyingTheTrash() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            _ = tree.emptyTrash()
            #expect(tree.look() == .clean)
        }
    }
}
