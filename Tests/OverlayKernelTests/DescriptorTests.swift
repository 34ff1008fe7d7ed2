// SPDX-License-Identifier: Apache-2.0

import Glibc
import OverlayCore
import SystemPackage
import TestSupport
import Testing

@testable import OverlayKernel

/// Every descriptor has one owner, is closed once, and is nobody else's.
@Suite struct DescriptorTests {
    /// In a process of its own: other tests open and close meanwhile.
    @Test func nothingLeaks() async throws {
        await #expect(processExitsWith: .success) {
            try await withScratch { scratch in
                try await Shell.bash(
                    "cd \(scratch.root); mkdir dir mnt; mount -t tmpfs x mnt; ln -s dir link; echo text > file; mkdir ro"
                        + "; mount -t tmpfs -o ro ro ro")
                try exercise(scratch, number: 0)  // What is opened once and for all.
                let before = try openDescriptors()
                for number in 1...300 { try exercise(scratch, number: number) }
                let after = try openDescriptors()
                #expect(after == before)
            }
        }
    }

    @Test func programsInheritNone() async throws {
        try await withScratch { scratch in
            let root = try Directory(path: scratch.rootPath)
            try root.make(EntryName("d"), mode: 0o700)
            let child = try root.open(EntryName("d"))
            let pointer = try root.point(at: EntryName("d"))
            let probe = try InUseProbe(.descriptors, .detached)
            // Asked of the kernel and not only of a child: whoever starts it may close what it inherits.
            for number in [root.descriptor.number, child.descriptor.number, pointer.number] {
                #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
            }
            let output = try await Shell.run("/bin/ls", ["/proc/self/fd"])
            #expect(output.out == "0\n1\n2\n3\n")  // 3 is the directory that ls reads
            withExtendedLifetime(probe) {}
        }
    }

    /// The probe's own too, every way it can be set up.
    @Test func everyOpenIsCloseOnExec() async throws {
        await #expect(processExitsWith: .success) {
            try await withScratch { scratch in
                let before = try openDescriptors()
                let root = try Directory(path: scratch.rootPath)
                try root.make(EntryName("d"), mode: 0o700)
                let child = try root.open(EntryName("d"))
                let probes = try InUseProbe.Form.allCases.flatMap { form in
                    [try InUseProbe(form, .detached), try InUseProbe(form, .under(scratch.rootPath))]
                }
                let opened = try openDescriptors().subtracting(before)
                #expect(opened.count >= 2 + 2 * probes.count)
                for descriptor in opened {
                    #expect(fcntl(descriptor.number, F_GETFD) & FD_CLOEXEC != 0, "\(descriptor)")
                }
                withExtendedLifetime(probes) {}
                _ = try child.status()
                _ = try root.status()
            }
        }
    }

    @Test func aStrangersCloseEndsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let directory = try Directory(path: "/proc")
            close(directory.descriptor.number)
        }
        await #expect(processExitsWith: .success) {
            let directory = try Directory(path: "/proc")
            _ = try directory.status()
        }
    }
}

private struct OpenDescriptor: Hashable, CustomStringConvertible {
    var number: CInt
    var target: String
    var description: String { "\(number) -> \(target)" }
}

/// Sockets, pipes and the like of the test's own machinery included: they must not change either.
private func openDescriptors() throws -> Set<OpenDescriptor> {
    let directory = try Directory(path: "/proc/self/fd")
    var buffer = EntryBuffer()
    var names: [String] = []
    try directory.forEachEntry(&buffer) { entry in
        names.append(String(decoding: entry.nameBytes, as: UTF8.self))
        return true
    }
    var target = [CChar](repeating: 0, count: 4096)
    return Set(
        names.compactMap { name in
            let length = readlink("/proc/self/fd/\(name)", &target, target.count)
            guard length >= 0, let number = CInt(name), number != directory.descriptor.number else { return nil }
            let text = String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return OpenDescriptor(number: number, target: text)
        })
}

/// What succeeds and what fails, of every kind.
private func exercise(_ scratch: Scratch, number: Int) throws {
    let root = try Directory(path: scratch.rootPath)
    _ = failure { _ = try Directory(path: scratch.rootPath.appending("absent")) }
    for name in ["dir", "mnt", "link", "file", "absent"] {
        _ = failure { _ = try root.open(EntryName(test: name)) }
        _ = failure { _ = try root.readFile(EntryName(test: name), limit: 2) }
        _ = failure { _ = try root.readFile(EntryName(test: name), limit: 100) }
    }
    let temporary = EntryName("tmp")
    for name in ["file", "dir", "mnt"] {
        _ = failure {
            try root.replaceFile(EntryName(test: name), with: [0x61], temporary: temporary, mode: 0o600)
        }
    }
    let tree = EntryName("tree")
    try root.make(tree, mode: 0o700)
    try root.open(tree).make(EntryName("sub"), mode: 0)
    try root.open(tree).open(EntryName("sub")).make(EntryName("sub"), mode: 0)
    var buffer = EntryBuffer()
    for name in ["tree", "mnt", "link", "absent"] { _ = root.removeTree(EntryName(test: name), buffer: &buffer) }
    _ = try? root.open(EntryName("dir")).takeAttributes(from: root)
    for form in InUseProbe.Form.allCases where number % 20 == 0 {
        for place in [InUseProbe.Place.detached, .under(scratch.rootPath), .under("/absent"), .under("/proc")] {
            guard let probe = try? InUseProbe(form, place) else { continue }
            _ = try? probe.expectCanary(beside: root)
            _ = probe.answers(count: 3) { (index, question) throws(Errno) in
                try question.add(EntryName(test: ["dir", "absent", "link"][index]), in: root)
            }
        }
    }
    if number % 100 == 0 {
        for way in NamespaceScan.Way.allCases { _ = try? NamespaceScan.look(way) }
        _ = try? ownMountTable()
    }
}
