// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// A new upper looks like the base: owner, mode, attributes, access control lists.
@Suite struct AttributesTests {
    /// Prepares `root/model` and `root/copy`, copies, and compares what stat, getfattr and getfacl say.
    private func expectSame(
        _ fileSystem: FileSystem, _ prepare: String, except: String = "^$",
        _ body: (Scratch) async throws -> Void = { _ in }
    ) async throws {
        try await withScratch(fileSystem) { scratch in
            try await Shell.bash("cd \(scratch.root); umask 022; mkdir -m 755 model; mkdir -m 700 copy; \(prepare)")
            let root = try Directory(path: scratch.rootPath)
            try root.open(EntryName("copy")).takeAttributes(from: try root.open(EntryName("model")))
            func told(_ name: String) async throws -> String {
                try await Shell.bash(
                    """
                    cd \(scratch.root)/\(name); stat -c '%a %u %g' .; getfacl -cp .
                    getfattr -d -m - -e hex . | grep -Ev '\(except)' || true
                    """)
            }
            let model = try await told("model")
            let copy = try await told("copy")
            #expect(copy == model)
            try await body(scratch)
        }
    }

    private static let fileSystems = FileSystem.allCases

    @Test(arguments: fileSystems) func ownerAndMode(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            let root = try Directory(path: scratch.rootPath)
            for mode in ["755", "700", "0", "777", "1777", "2775", "4711", "7777"] {
                try await Shell.bash(
                    """
                    cd \(scratch.root); mkdir model\(mode); mkdir -m 700 copy\(mode)
                    chown 1234:5678 model\(mode); chmod \(mode) model\(mode)
                    """)
                try root.open(EntryName(test: "copy\(mode)")).takeAttributes(
                    from: try root.open(EntryName(test: "model\(mode)")))
                #expect(try await Shell.bash("stat -c '%a %u:%g' \(scratch.root)/copy\(mode)") == "\(mode) 1234:5678\n")
            }
        }
    }

    @Test(arguments: fileSystems) func extendedAttributes(_ fileSystem: FileSystem) async throws {
        try await expectSame(
            fileSystem,
            """
            setfattr -n user.empty model; setfattr -n user.text -v text model
            setfattr -n user.binary -v 0x00ff0a00 model; setfattr -n trusted.ours -v secret model
            setfattr -n user.big -v "$(head -c 1500 /dev/zero | tr '\\0' x)" model
            """
        ) { scratch in
            let names = try await Shell.bash("cd \(scratch.root); getfattr -m - copy | grep -c '^[a-z]*[.]'")
            #expect(names == "5\n")
        }
    }

    @Test(arguments: fileSystems) func accessControlLists(_ fileSystem: FileSystem) async throws {
        try await expectSame(
            fileSystem, "chmod 2770 model; setfacl -m u:1234:rwx,g:5678:r-x,d:u:1234:rwx,d:o:--- model"
        ) { scratch in
            let list = try await Shell.bash("getfacl -cp \(scratch.root)/copy")
            #expect(list.contains("user:1234:rwx"))
            #expect(list.contains("default:user:1234:rwx"))
        }
    }

    /// They describe another overlay: an origin or an opaque mark would change what this one shows.
    @Test(arguments: fileSystems) func overlayfsOwnStayBehind(_ fileSystem: FileSystem) async throws {
        try await expectSame(
            fileSystem,
            """
            setfattr -n trusted.overlay.opaque -v y model; setfattr -n trusted.overlay.origin -v 0x00fb1d model
            setfattr -n user.overlay.opaque -v y model; setfattr -n trusted.overlay.impure -v y model
            setfattr -n user.overlayed -v kept model
            """, except: "[.]overlay[.]"
        ) { scratch in
            let names = try await Shell.bash("cd \(scratch.root); getfattr -m - copy | grep '^[a-z]*[.]'")
            #expect(names == "user.overlayed\n")
        }
    }

    /// A volumes root with a default list gives one to what is made in it; the base has none.
    @Test func inheritedListsGo() async throws {
        try await expectSame(
            .ext4, "rmdir copy; setfacl -m d:u:1234:rwx .; mkdir -m 700 copy; chmod 750 model")
    }

    /// The model may be on a file system without attributes at all.
    @Test func aModelWithoutAttributes() async throws {
        try await withScratch { scratch in
            try await Shell.bash("mkdir \(scratch.root)/copy")
            let copy = try Directory(path: scratch.rootPath.appending("copy"))
            try copy.takeAttributes(from: try Directory(path: "/proc"))
            #expect(try await Shell.bash("stat -c '%a %u:%g' \(scratch.root)/copy") == "555 0:0\n")
        }
    }

    @Test func aReadOnlyFileSystemIsAnError() async throws {
        try await withScratch(.ext4) { scratch in
            try await Shell.bash("cd \(scratch.root); mkdir model copy; mount -o remount,ro \(scratch.path)")
            let root = try Directory(path: scratch.rootPath)
            var errno: Errno?
            do {
                try root.open(EntryName("copy")).takeAttributes(from: try root.open(EntryName("model")))
            } catch let error as KernelError {
                errno = error.errno
            }
            #expect(errno == .readOnlyFileSystem)
        }
    }
}
