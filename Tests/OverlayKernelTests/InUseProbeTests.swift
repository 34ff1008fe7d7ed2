// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// One way to ask, on one file system.
struct ProbeCase: Sendable, CustomTestStringConvertible {
    var fileSystem: FileSystem
    var form: InUseProbe.Form
    var isDetached: Bool

    static let all = FileSystem.allCases.flatMap { fileSystem in
        InUseProbe.Form.allCases.flatMap { form in
            [true, false].map { ProbeCase(fileSystem: fileSystem, form: form, isDetached: $0) }
        }
    }

    var testDescription: String { "\(fileSystem), \(form), \(isDetached ? "detached" : "beside the volumes")" }

    func probe(_ scratch: Scratch) throws -> InUseProbe {
        let probe = try InUseProbe(form, isDetached ? .detached : .under(scratch.filePath("probe")))
        try probe.expectCanary(beside: try Directory(path: scratch.rootPath))
        return probe
    }
}

extension InUseProbe {
    /// What it says of the volume `name`.
    func answer(_ scratch: Scratch, _ name: String = "web") throws -> Answer {
        let volume = try Directory(path: scratch.rootPath).open(EntryName(test: name))
        let answers = answers(count: 1) { (_, question) throws(Errno) in
            try question.add(EntryName("upper"), in: volume)
            try question.add(EntryName("workdir"), in: volume)
        }
        return answers[0]
    }
}

/// The kernel's word on whether an overlay is alive, asked every way, on every file system.
@Suite struct InUseProbeTests {
    private func withMountedVolume(
        _ probeCase: ProbeCase, _ body: (Scratch, InUseProbe) async throws -> Void
    ) async throws {
        try await withScratch(probeCase.fileSystem) { scratch in
            try await Shell.bash("mkdir \(scratch.path)/probe")
            let probe = try probeCase.probe(scratch)
            try await scratch.makeVolume("web")
            try await Shell.bash("mkdir \(scratch.root)/web/{workdir,mountpoint}")
            #expect(try probe.answer(scratch) == .free, "never mounted")
            try await body(scratch, probe)
            #expect(try probe.answer(scratch) == .free, "after the last holder ended")
        }
    }

    private func overlay(_ scratch: Scratch, _ options: String = "", at target: String = "root/web/mountpoint")
        -> String
    {
        """
        mount -t overlay overlayd_web -o lowerdir=\(scratch.base),upperdir=\(scratch.root)/web/upper,\
        workdir=\(scratch.root)/web/workdir\(options) \(scratch.path)/\(target)
        """
    }

    @Test(arguments: ProbeCase.all) func allKindsOfHolders(_ probeCase: ProbeCase) async throws {
        try await withMountedVolume(probeCase) { scratch, probe in
            let mountpoint = "\(scratch.root)/web/mountpoint"
            try await Shell.bash(overlay(scratch))
            #expect(try probe.answer(scratch) == .held, "mounted here")
            try await Shell.bash("umount \(mountpoint)")
            #expect(try probe.answer(scratch) == .free, "unmounted")
            try await withHolder(scratch, in: .apart, overlay(scratch)) { (_: Holder) async throws in
                #expect(try await Shell.run("/bin/mountpoint", ["-q", mountpoint]).status != 0)
                #expect(try probe.answer(scratch) == .held, "mounted in another namespace only")
            }
            #expect(try probe.answer(scratch) == .free, "the other namespace is gone")
            let lazy = "\(overlay(scratch)); cd \(mountpoint); umount -l \(mountpoint)"
            try await withHolder(scratch, lazy) { (_: Holder) async throws in
                #expect(try probe.answer(scratch) == .held, "lazily unmounted, with a working directory in it")
            }
            let open = "\(overlay(scratch)); exec 5< \(mountpoint)/file; umount -l \(mountpoint)"
            try await withHolder(scratch, open) { (_: Holder) async throws in
                #expect(try probe.answer(scratch) == .held, "lazily unmounted, with an open file")
            }
        }
    }

    @Test(
        arguments: InUseProbe.Form.allCases,
        [",ro", ",volatile", ",index=on", ",metacopy=on,redirect_dir=on", ",xino=on"])
    func options(_ form: InUseProbe.Form, _ options: String) async throws {
        let probeCase = ProbeCase(fileSystem: .ext4, form: form, isDetached: true)
        try await withMountedVolume(probeCase) { scratch, probe in
            try await Shell.bash(overlay(scratch, options))
            #expect(try probe.answer(scratch) == .held)
            try await Shell.bash("umount \(scratch.root)/web/mountpoint")
        }
    }

    /// The kernel marks both directories, so either is enough; what is not there cannot be asked about.
    @Test(arguments: ProbeCase.all.filter { $0.fileSystem == .ext4 })
    func eitherDirectoryTells(_ probeCase: ProbeCase) async throws {
        try await withMountedVolume(probeCase) { scratch, probe in
            try await Shell.bash(overlay(scratch))
            let volume = try Directory(path: scratch.rootPath).open(EntryName("web"))
            for (name, answer) in [
                ("upper", InUseProbe.Answer.held), ("workdir", .held), ("activemounts", .free),
                ("mountpoint", .failed(.improperLink)),
                ("absent", .failed(.noSuchFileOrDirectory)), ("metadata.json", .failed(.notDirectory)),
            ] {
                let answers = probe.answers(count: 1) { (_, question) throws(Errno) in
                    try question.add(EntryName(test: name), in: volume)
                }
                #expect(answers == [answer], "\(name)")
            }
            try await Shell.bash("umount \(scratch.root)/web/mountpoint")
        }
    }

    @Test(arguments: ProbeCase.all) func asksWithoutATrace(_ probeCase: ProbeCase) async throws {
        try await withMountedVolume(probeCase) { scratch, probe in
            func trace() async throws -> String {
                // %Z: when an inode was last changed in any way, its attributes too.
                try await Shell.bash(
                    """
                    cd \(scratch.root); find . -exec stat -c '%n %f %u:%g %s %h %i %Y %Z' {} + | sort
                    getfattr -R -d -m - -e hex . 2>/dev/null
                    """)
            }
            let before = try await trace() + (try await scratch.snapshot())
            for _ in 1...5 { #expect(try probe.answer(scratch) == .free) }
            try await Shell.bash("cd \(scratch.root)/web; exec 5< upper; \(overlay(scratch))")
            let mounted = try await trace()
            for _ in 1...5 { #expect(try probe.answer(scratch) == .held) }
            #expect(try await trace() == mounted)
            try await Shell.bash("umount \(scratch.root)/web/mountpoint; rm -r \(scratch.root)/web/workdir/*")
            #expect(before.isEmpty == false)
        }
    }
}
