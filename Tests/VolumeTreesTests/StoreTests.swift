// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// A volumes root: what is listed, made and taken away.
@Suite struct StoreTests {
    @Test func list() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cd \(scratch.root); mkdir -- b a B 10 9 c.d-e_f .hidden lost+found -dash 'sp ace' $'\\xff' .overlayd-trash.1
                mkdir .overlayd-new.77 $(printf 'x%.0s' $(seq 255)); touch file; ln -s a link; mkfifo fifo; mknod dev c 1 3
                touch .overlayd-trash.2; mkdir mounted; mount -t tmpfs x mounted
                """)
            let listing = try scratch.store().list()
            let long = String(repeating: "x", count: 255)
            #expect(listing.volumes.map(\.description) == ["10", "9", "B", "a", "b", "c.d-e_f", "mounted", long])
            #expect(Set(listing.leftBehind) == [EntryName(".overlayd-trash.1"), EntryName(".overlayd-new.77")])
            let skipped = Dictionary(uniqueKeysWithValues: listing.skipped.map { ($0.name.description, $0.reason) })
            #expect(
                skipped == [
                    ".hidden": "no volume can have this name", "-dash": "no volume can have this name",
                    "sp ace": "no volume can have this name", "\\xff": "no volume can have this name",
                    "lost+found": "it is the file system's own", "file": "it is a file, not a volume",
                    "link": "it is a symbolic link, not a volume", "fifo": "it is a FIFO, not a volume",
                    "dev": "it is a device, not a volume", ".overlayd-trash.2": "it is a file, not a volume",
                ])
            #expect(listing.skipped.map(\.name) == listing.skipped.map(\.name).sorted())
            let store = try scratch.store()
            let again = [try store.list().volumes, try store.list().volumes]
            #expect(again[0] == again[1])
        }
    }

    @Test func noRoot() async throws {
        try await withScratch { scratch in
            let missing = try VolumeStore.open(scratch.filePath("absent/deep"))
            #expect(missing == nil)
            try await Shell.bash("touch \(scratch.path)/file; ln -s root \(scratch.path)/link")
            #expect(throws: KernelError.self) { try VolumeStore.open(scratch.filePath("file")) }
            #expect(throws: KernelError.self) { try VolumeStore.open(scratch.filePath("link")) }
            #expect(throws: KernelError.self) { try VolumeStore.openOrMake(scratch.filePath("file/root")) }
        }
    }

    @Test func aRootIsMade() async throws {
        try await withScratch { scratch in
            try await Shell.bash("ln -s base \(scratch.path)/link")
            for path in ["new", "one/two/three", "link/below"] {
                let store = try VolumeStore.openOrMake(scratch.filePath(path))
                #expect(try store.creation(of: "web", scratch.metadata) == nil)
                #expect(try store.list().volumes.count == 1)
                #expect(try VolumeStore.openOrMake(scratch.filePath(path)).list().volumes.count == 1)
            }
            let modes = try await Shell.bash(
                "cd \(scratch.path); umask; stat -c %a new one one/two one/two/three base/below")
            #expect(modes == "0022\n700\n755\n755\n700\n700\n")
        }
    }

    /// docker-on-top's tree, to the byte.
    @Test(arguments: FileSystem.allCases) func create(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await Shell.bash(
                "chown 1234:5678 \(scratch.base); chmod 1771 \(scratch.base); setfattr -n user.a -v b \(scratch.base)")
            let store = try scratch.store()
            #expect(try store.creation(of: "web", scratch.metadata) == nil)
            let made = try await Shell.bash(
                """
                cd \(scratch.root); ls -A; find web -printf '%p %y %m %U:%G\\n' | sort; cat web/metadata.json; echo
                getfattr --only-values -n user.a web/upper
                """)
            #expect(
                made == """
                    web
                    web d 700 0:0
                    web/activemounts d 755 0:0
                    web/metadata.json f 644 0:0
                    web/upper d 1771 1234:5678
                    {"BaseDirPath":"\(scratch.base)","Volatile":false}
                    b
                    """)
            #expect(try scratch.look() == .clean)
        }
    }

    @Test(arguments: ["mkdir web", "touch web", "ln -s nowhere web", "mkfifo web"])
    func theNameIsTaken(_ script: String) async throws {
        try await withScratch { scratch in
            try await Shell.bash("cd \(scratch.root); \(script)")
            let before = try await scratch.snapshot()
            guard case .alreadyExists = try scratch.store().creation(of: "web", scratch.metadata) else {
                Issue.record("it was made over \(script)")
                return
            }
            #expect(try await scratch.snapshot() == before)
        }
    }

    @Test func failureLeavesNothing() async throws {
        try await withScratch(.ext4) { scratch in
            let store = try scratch.store()
            for base in ["/absent", "\(scratch.base)/file", "/proc/self/fd/0"] {
                let error = try store.creation(of: "web", VolumeMetadata(base: Array(base.utf8), volatile: false))
                guard case .failed(let kernelError) = error else {
                    Issue.record("\(base): \(String(describing: error))")
                    continue
                }
                #expect(kernelError.description.hasPrefix("Failed to open the base directory \(base): "))
            }
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "")
            try await Shell.bash(
                "dd if=/dev/zero of=\(scratch.path)/fill bs=64k 2>/dev/null || true; touch \(scratch.path)/i")
            try await Shell.bash("mount -o remount,ro \(scratch.path)")
            guard case .failed(let error) = try store.creation(of: "web", scratch.metadata) else {
                Issue.record("made on a read-only file system")
                return
            }
            #expect(error.errno == .readOnlyFileSystem)
        }
    }

    /// Of many at once exactly one makes the volume, and it is whole.
    @Test func creatorsRace() async throws {
        try await withScratch { scratch in
            let store = try scratch.store()
            let metadata = scratch.metadata
            for round in 0..<50 {
                let made = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for _ in 0..<4 { group.addTask { try store.creation(of: "v\(round)", metadata) == nil } }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(made == 1)
                #expect(try scratch.look("v\(round)") == .clean)
            }
            let listing = try store.list()
            #expect(listing.volumes.count == 50)
            #expect(listing.leftBehind.isEmpty)
        }
    }
}
