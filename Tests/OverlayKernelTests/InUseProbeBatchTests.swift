// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// Many volumes in one question, the probe's own traces, and what it cannot see.
@Suite struct InUseProbeBatchTests {
    /// One held, two held far apart and side by side, and one that cannot be asked about.
    @Test func exactAmongMany() async throws {
        try await withScratch { scratch in
            let count = 300
            try await scratch.makeDirty(count: count)
            let probes = try InUseProbe.Form.allCases.map { try InUseProbe($0, .detached) }
            let root = try Directory(path: scratch.rootPath)
            var expected = [InUseProbe.Answer](repeating: .free, count: count)
            func expectAnswers(_ comment: Comment) {
                for probe in probes {
                    let answers = probe.answers(count: count) { (index, question) throws(Errno) in
                        let volume = try root.open(EntryName(test: Self.name(index)))
                        try question.add(EntryName("upper"), in: volume)
                        try question.add(EntryName("workdir"), in: volume)
                    }
                    #expect(answers == expected, "\(comment), \(probe.way)")
                }
            }
            expectAnswers("none held")
            for held in [[0], [239], [240], [299], [17, 18], [5, 290]] {
                let mountpoints = held.map { "\(scratch.root)/\(Self.name($0))/mountpoint" }.joined(separator: " ")
                for index in held {
                    try await scratch.mount(Self.name(index))
                    expected[index] = .held
                }
                expectAnswers("held: \(held)")
                try await Shell.bash("umount \(mountpoints)")
                for index in held { expected[index] = .free }
            }
            try await Shell.bash("rm -r \(scratch.root)/\(Self.name(41))/upper")
            try await scratch.mount(Self.name(42))
            expected[41] = .failed(.noSuchFileOrDirectory)
            expected[42] = .held
            expectAnswers("one held beside one that is not there")
            try await Shell.bash("umount \(scratch.root)/\(Self.name(42))/mountpoint")
        }
    }

    /// As ``Scratch/makeDirty(count:prefix:)`` names them.
    private static func name(_ index: Int) -> String {
        let digits = String(index + 1)
        return "v" + String(repeating: "0", count: 5 - digits.count) + digits
    }

    @Test func nothingAsked() throws {
        for form in InUseProbe.Form.allCases {
            let probe = try InUseProbe(form, .detached)
            #expect(probe.answers(count: 0) { _, _ throws(Errno) in } == [])
        }
    }

    /// A program that starts others: between fork(2) and exec(2) a child has every descriptor, and with
    /// the last question's the marks on the probe's own directories. That says nothing of a volume.
    @Test(arguments: InUseProbe.Form.allCases) func whileOthersFork(_ form: InUseProbe.Form) async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            try await scratch.makeDirty("held")
            try await scratch.mount("held")
            let probe = try InUseProbe(form, .detached)
            let forks = Task {
                while !Task.isCancelled { _ = try await Shell.run("/bin/true", []) }
            }
            var wrong = 0
            for round in 1...400 {
                if try probe.answer(scratch) != .free { wrong += 1 }
                if round % 20 == 0 { await Task.yield() }
            }
            #expect(try probe.answer(scratch, "held") == .held)
            forks.cancel()
            _ = try? await forks.value
            #expect(wrong == 0)
            try await Shell.bash("umount \(scratch.root)/held/mountpoint")
        }
    }

    /// A place of its own is left as it was found, and a detached one shows nowhere.
    @Test(arguments: InUseProbe.Form.allCases) func leavesNothing(_ form: InUseProbe.Form) async throws {
        try await withScratch { scratch in
            do {
                let probe = try InUseProbe(form, .under(scratch.rootPath))
                #expect(try await Shell.bash("ls \(scratch.root) | grep -c ^overlayd-probe.") == "1\n")
                let table = try ownMountTable()
                #expect(
                    !table.overlays.contains { $0.option("upperdir").map { shown($0).contains("canary") } ?? false })
                withExtendedLifetime(probe) {}
            }
            #expect(try await Shell.bash("ls -A \(scratch.root)") == "")
        }
    }

    /// /proc, a path that is not there, a read-only place, a place on an overlay: the probe says that
    /// it does not work there instead of answering "free".
    @Test(arguments: InUseProbe.Form.allCases) func placesThatCannotServe(_ form: InUseProbe.Form) async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                cd \(scratch.path); mkdir ro upper work over; mount -t tmpfs -o ro ro ro; touch file
                mount -t overlay over -o lowerdir=base,upperdir=upper,workdir=work over
                """)
            for place: FilePath in [
                "/proc", "/absent", scratch.filePath("ro"), scratch.filePath("file"), scratch.filePath("over"),
            ] {
                #expect(throws: KernelError.self, "\(place)") {
                    try InUseProbe(form, .under(place)).expectCanary(beside: try Directory(path: scratch.rootPath))
                }
            }
        }
    }

    /// Where the programs put it when a tmpfs without a mount cannot serve.
    @Test(arguments: InUseProbe.Form.allCases) func underRun(_ form: InUseProbe.Form) throws {
        let probe = try InUseProbe(form, .under("/run"))
        try probe.expectCanary(beside: try Directory(path: "/run"))
    }

    @Test func firstThatWorks() throws {
        let probe = try InUseProbe.firstThatWorks(fallback: "/run")
        #expect(probe.way == "layers by descriptor")
    }

    /// Beside every file system volumes lie on, the canary is seen: the answer "free" is worth something.
    @Test(arguments: ProbeCase.all) func theCanaryIsSeen(_ probeCase: ProbeCase) async throws {
        try await withScratch(probeCase.fileSystem) { scratch in
            try await Shell.bash("mkdir \(scratch.path)/probe")
            try await scratch.makeVolume("web")
            let probe = try probeCase.probe(scratch)
            try probe.expectCanary(
                beside: try Directory(path: scratch.rootPath).open(EntryName("web")).open(EntryName("upper")))
            #expect(throws: KernelError.self, "no layer can lie there, so nothing is proven") {
                try probe.expectCanary(beside: try Directory(path: "/proc"))
            }
        }
    }

    /// The documented blind spot: the mark is gone with the first of two overlays on one upper. The
    /// scan sees the second, which is why both must say free. Should a kernel mend this, so much the
    /// better: then this test wants a line less.
    @Test(arguments: InUseProbe.Form.allCases) func theBlindSpot(_ form: InUseProbe.Form) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.mount("web")
            try await Shell.bash(
                """
                cd \(scratch.root)/web; mkdir \(scratch.path)/second
                mount -t overlay second -o lowerdir=\(scratch.base),upperdir=$PWD/upper,workdir=$PWD/workdir \(scratch.path)/second
                """)
            let probe = try InUseProbe(form, .detached)
            #expect(try probe.answer(scratch) == .held)
            try await Shell.bash("umount \(scratch.root)/web/mountpoint")
            #expect(try probe.answer(scratch) == .free)
            let upper = Array("\(scratch.root)/web/upper".utf8)
            for way in NamespaceScan.Way.usableHere {
                #expect(try NamespaceScan.look(way).overlays.contains { $0.upper == upper }, "\(way)")
            }
            try await Shell.bash("umount \(scratch.path)/second")
            for way in NamespaceScan.Way.usableHere {
                #expect(try !NamespaceScan.look(way).overlays.contains { $0.upper == upper }, "\(way)")
            }
        }
    }
}
