// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// What the steps leave behind: nothing a user wrote is lost, nothing slow happens at boot.
@Suite struct StepDetailTests {
    /// Discarding is a rename: every file is still there, in the trash.
    @Test(arguments: FileSystem.allCases) func aFullWorkdirIsRenamed(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash(
                """
                cd \(scratch.root)/web; mkdir -p workdir/work; cd workdir/work
                perl -e 'for (1..10000) { open F, ">", "file$_" or die }'
                """)
            let inode = try await Shell.bash("stat -c %i \(scratch.root)/web/workdir")
            let tree = try scratch.tree()
            let outcome = try tree.perform(.discardWorkdir)
            #expect(outcome == .doneWithTrash)
            #expect(try await scratch.parts() == [".overlayd-trash.1", "activemounts", "metadata.json", "upper"])
            let trash = "\(scratch.root)/web/.overlayd-trash.1"
            #expect(try await Shell.bash("stat -c %i \(trash); ls \(trash)/work | wc -l") == "\(inode)10000\n")
            let removal = tree.emptyTrash()
            #expect(removal.failure == nil)
            #expect(removal.removed == 10_002)
            #expect(try await scratch.parts() == ["activemounts", "metadata.json", "upper"])
        }
    }

    @Test func theNextFreeNumber() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash(
                """
                cd \(scratch.root)/web; mkdir recovered-files.1 recovered-files.3; ln -s nowhere recovered-files.2
                touch .overlayd-trash.1; mkdir mountpoint; echo precious > mountpoint/file; chown -R 12:34 mountpoint
                chmod 1750 mountpoint; mkdir -p workdir/work; touch workdir/work/f
                """)
            let tree = try scratch.tree()
            try tree.perform(.moveFilesAside)
            try tree.perform(.discardWorkdir)
            let kept = try await Shell.bash(
                "cd \(scratch.root)/web/recovered-files.4; cat file; stat -c '%a %u:%g' . file")
            #expect(kept == "precious\n1750 12:34\n644 12:34\n")
            #expect(try await Shell.bash("ls \(scratch.root)/web/.overlayd-trash.2/work") == "f\n")
            #expect(try await Shell.bash("cd \(scratch.root)/web; ls -d recovered-files.1/* || true") == "")
        }
    }

    @Test(arguments: FileSystem.allCases) func aNewUpperLooksLikeTheBase(_ fileSystem: FileSystem) async throws {
        try await withScratch(fileSystem) { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash(
                """
                chown 1234:5678 \(scratch.base); chmod 2751 \(scratch.base); setfattr -n user.test -v text \(scratch.base)
                ls -id \(scratch.root)/web/upper > \(scratch.path)/inode
                """)
            let tree = try scratch.tree()
            _ = tree.look()
            let outcome = try tree.perform(.renewUpper)
            #expect(outcome == .doneWithTrash)
            let upper = try await Shell.bash(
                "cd \(scratch.root)/web/upper; ls -A; stat -c '%a %u:%g' .; getfattr --only-values -n user.test .")
            #expect(upper == "2751 1234:5678\ntext")
            let old = try await Shell.bash(
                "cd \(scratch.root)/web; cat .overlayd-trash.1/file; [ $(stat -c %i .overlayd-trash.1) = $(cut -d' ' -f1 < \(scratch.path)/inode) ]"
            )
            #expect(old == "written-by-a-user\n")
            #expect(try await Shell.bash("ls -A \(scratch.root)/web | grep -c spare || true") == "0\n")
        }
    }

    /// A base that is gone: nothing is exchanged, and nothing is left over.
    @Test(arguments: ["rm -r $base", "rm -r $base; touch $base", "rm -r $base; ln -s nowhere $base"])
    func noBaseNoNewUpper(_ script: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let before = try await scratch.snapshot()
            try await Shell.bash("base=\(scratch.base); \(script)")
            let tree = try scratch.tree()
            _ = tree.look()
            #expect(throws: KernelError.self) { try tree.perform(.renewUpper) }
            #expect(try await scratch.snapshot() == before)
        }
    }

    @Test func aBaseBehindALink() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web", base: "\(scratch.path)/link")
            try await Shell.bash(
                "chmod 751 \(scratch.base); ln -s base \(scratch.path)/link; rm -r \(scratch.root)/web/upper")
            let tree = try scratch.tree()
            _ = tree.look()
            try tree.perform(.makeUpper)
            #expect(try await Shell.bash("stat -c %a \(scratch.root)/web/upper") == "751\n")
        }
    }

    /// An upper that came meanwhile is a user's: it stays, and so does nothing else.
    @Test func makeUpperReplacesNothing() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            let tree = try scratch.tree()
            _ = tree.look()
            let before = try await scratch.snapshot()
            _ = try? tree.perform(.makeUpper)
            _ = tree.emptyTrash()
            #expect(try await scratch.snapshot() == before)
        }
    }

    /// The workdir that was asked about and discarded is not the one that is made after it.
    @Test(arguments: ["mkdir workdir", "mkdir -p workdir/work/f"])
    func theWorkdirIsTheOneThatIsThere(_ prepare: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; \(prepare)")
            let tree = try scratch.tree()
            for _ in 1...2 {
                let path = try tree.withWorkdir { (workdir) throws(Errno) in try workdir.currentPath() }
                #expect(path == Array("\(scratch.root)/web/workdir".utf8))
                try tree.perform(.discardWorkdir)
                try tree.perform(.makeWorkdir)
            }
            try await Shell.bash("cd \(scratch.root)/web; rm -r workdir; mkdir workdir")
            _ = tree.look()
            let path = try tree.withWorkdir { (workdir) throws(Errno) in try workdir.currentPath() }
            #expect(path == Array("\(scratch.root)/web/workdir".utf8), "after another look at least")
        }
    }

    /// What goes is what was proven, and only while the lock is one that others meet too.
    @Test(arguments: [
        ("no lock", "true"), ("a lock that was lost", "rmdir activemounts; mkdir activemounts"),
        ("another workdir", "mv workdir old; mkdir workdir"), ("a mount on it", "mount -t tmpfs own workdir"),
    ])
    func aWorkdirThatIsNotTheProvenOne(_ why: String, _ script: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("mkdir -p \(scratch.root)/web/workdir/work")
            let tree = try scratch.tree()
            _ = tree.look(.thorough, locking: why != "no lock")
            _ = try tree.withWorkdir { (workdir) throws(Errno) in try workdir.status() }
            try await Shell.bash("cd \(scratch.root)/web; \(script)")
            let before = try await Shell.bash("find \(scratch.root) -printf '%p %i\n' | sort")
            var buffer = EntryBuffer()
            let outcome = try tree.perform(.discardWorkdir, buffer: &buffer)
            #expect(outcome == .lookAgain)
            #expect(try await Shell.bash("find \(scratch.root) -printf '%p %i\n' | sort") == before)
        }
    }

    @Test func modes() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web; rm -r activemounts metadata.json")
            let tree = try scratch.tree()
            for step in [Step.makeActivemounts, .makeWorkdir, .makeMountpoint, .writeMetadata] {
                try tree.perform(step, metadata: scratch.metadata)
            }
            let modes = try await Shell.bash(
                "cd \(scratch.root)/web; stat -c '%a %n' activemounts workdir mountpoint metadata.json")
            #expect(modes == "755 activemounts\n700 workdir\n755 mountpoint\n644 metadata.json\n")
            let text = try await Shell.bash("cat \(scratch.root)/web/metadata.json")
            #expect(text == "{\"BaseDirPath\":\"\(scratch.base)\",\"Volatile\":false}")
        }
    }

    @Test func errorsSayWhatWasTried() async throws {
        try await withScratch(.ext4) { scratch in
            try await scratch.makeDirty("web")
            try await Shell.bash("cd \(scratch.root)/web; rmdir workdir/work; chattr +i .")
            let tree = try scratch.tree()
            _ = tree.look()
            for (step, words) in [
                (Step.removeMountpoint, "Failed to remove mountpoint/: "),
                (.discardWorkdir, "Failed to discard workdir/: "),
                (.writeMetadata, "Failed to write metadata.json: "), (.renewUpper, "Failed to make upper/: "),
            ] {
                let error = #expect(throws: KernelError.self, "\(step)") {
                    try tree.perform(step, metadata: scratch.metadata)
                }
                #expect(error?.description.hasPrefix(words) == true, "\(error?.description ?? "")")
            }
            try await Shell.bash("chattr -i \(scratch.root)/web")
        }
    }
}
