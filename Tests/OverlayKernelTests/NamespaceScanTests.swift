// SPDX-License-Identifier: Apache-2.0

import Glibc
import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

extension NamespaceScan.Way {
    /// Linux 6.18 lists all namespaces only to who is in the first process namespace, as the agent is
    /// on a host. `make test` is in one of its own; its second pass, for this suite, is not.
    static var usableHere: [Self] { isFirstProcessNamespace ? allCases : [.processes] }

    static let isFirstProcessNamespace: Bool = {
        var target = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/self/ns/pid", &target, target.count - 1)
        // PROC_PID_INIT_INO of the kernel, the same since 3.8.
        return length > 0 && String(decoding: target[..<length].map(UInt8.init), as: UTF8.self) == "pid:[4026531836]"
    }()
}

/// Every overlay of every mount namespace, with its words to the byte.
@Suite struct NamespaceScanTests {
    private func upper(_ scratch: Scratch, _ name: String = "upper") -> [UInt8] {
        Array("\(scratch.path)/\(name)".utf8)
    }

    private func overlay(_ scratch: Scratch) -> String {
        """
        mkdir -p upper work mnt; mount -t overlay 'overlayd_a b' \
          -o lowerdir=\(scratch.base),upperdir=\(scratch.path)/upper,workdir=\(scratch.path)/work mnt
        """
    }

    private func found(_ scratch: Scratch, _ way: NamespaceScan.Way) throws -> [OverlaySighting] {
        let sightings = try NamespaceScan.look(way)
        // Some sandboxes show processes of others that may not be looked into.
        #expect(sightings.incomplete == nil || (way == .processes && NamespaceScan.Way.isFirstProcessNamespace))
        let own = Array("\(scratch.path)/".utf8)
        return sightings.overlays.filter { $0.upper?.starts(with: own) == true || $0.point.starts(with: own) }
    }

    @Test func theKernelsListNeedsTheFirstProcessNamespace() throws {
        if NamespaceScan.Way.isFirstProcessNamespace {
            #expect(try NamespaceScan.look(.kernel).namespaces >= 1)
        } else {
            let error = #expect(throws: KernelError.self) { try NamespaceScan.look(.kernel) }
            #expect(error?.errno == .notPermitted)
            #expect(NamespaceScan.look().namespaces >= 1, "then /proc has to serve")
        }
    }

    @Test(arguments: NamespaceScan.Way.usableHere) func inItsOwnNamespace(_ way: NamespaceScan.Way) async throws {
        try await withScratch { scratch in
            #expect(try found(scratch, way).isEmpty)
            try await Shell.bash("cd \(scratch.path); \(overlay(scratch))")
            let sightings = try found(scratch, way)
            #expect(sightings.count(where: \.isOwnNamespace) == 1)
            let sighting = try #require(sightings.first { $0.isOwnNamespace })
            #expect(sighting.upper == upper(scratch))
            #expect(sighting.point == Array("\(scratch.path)/mnt".utf8))
            #expect(sighting.source == Array("overlayd_a b".utf8))
            let stat = try await Shell.bash("stat -c '%Hd %Ld' \(scratch.path)/mnt")
            #expect(stat == "\(sighting.device.major) \(sighting.device.minor)\n")
            try await Shell.bash("umount \(scratch.path)/mnt")
            #expect(try !found(scratch, way).contains(where: \.isOwnNamespace))
        }
    }

    @Test(arguments: NamespaceScan.Way.usableHere) func inAnotherNamespace(_ way: NamespaceScan.Way) async throws {
        try await withScratch { scratch in
            try await withHolder(scratch, in: .apart, overlay(scratch)) { (holder: Holder) async throws in
                let sightings = try found(scratch, way)
                #expect(sightings.count == 1)
                let sighting = try #require(sightings.first)
                #expect(!sighting.isOwnNamespace)
                #expect(sighting.upper == upper(scratch))
                #expect(sighting.source == Array("overlayd_a b".utf8))
                let device = try await Shell.bash("stat -c '%Hd %Ld' /proc/\(holder.pid)/root/\(scratch.path)/mnt")
                #expect(device == "\(sighting.device.major) \(sighting.device.minor)\n")
                if way == .processes {
                    let number = try await Shell.bash("stat -L -c %i /proc/\(holder.pid)/ns/mnt")
                    #expect(number == "\(sighting.namespace)\n")
                }
            }
            #expect(try found(scratch, way).isEmpty)
        }
    }

    /// Two namespaces more are two namespaces more; others' tests come and go, so by their numbers.
    @Test(arguments: NamespaceScan.Way.usableHere) func namespacesAreToldApart(_ way: NamespaceScan.Way) async throws {
        try await withScratch { scratch in
            let mount = "mkdir -p a; mount -t overlay x -o lowerdir=\(scratch.base):\(scratch.root) a"
            try await Shell.bash("cd \(scratch.path); \(mount)")
            try await withHolder(scratch, in: .apart, mount) { _ in
                try await withHolder(scratch, in: .apart, mount) { _ in
                    let sightings = try NamespaceScan.look(way)
                    let point = Array("\(scratch.path)/a".utf8)
                    let seen = sightings.overlays.filter { $0.point == point }
                    #expect(Set(seen.map(\.namespace)).count == 3)
                    #expect(Set(seen.map(\.device)).count == 3)
                    #expect(seen.count(where: \.isOwnNamespace) == 1)
                    #expect(seen.allSatisfy { $0.upper == nil })
                    #expect(sightings.namespaces >= 3)
                }
            }
        }
    }

    /// What mountinfo escapes and what it does not; what mount(8) could not even pass.
    @Test(arguments: NamespaceScan.Way.usableHere, [NamespaceName.own, .other])
    func pathsAreBytes(_ way: NamespaceScan.Way, _ namespace: NamespaceName) async throws {
        let odd: [(shell: String, bytes: [UInt8])] = [
            ("$'a b\\tc'", Array("a b\tc".utf8)), ("$'a,b'", Array("a,b".utf8)), ("$'a\\\\b'", Array("a\\b".utf8)),
            ("$'a\\nb'", Array("a\nb".utf8)), ("$'\\xff\\xfe'", [0xFF, 0xFE]), ("$'a:b'", Array("a:b".utf8)),
            ("$'a=b#c'", Array("a=b#c".utf8)), ("$'\\\\040'", Array("\\040".utf8)),
            ("$'a,upperdir=b'", Array("a,upperdir=b".utf8)),
            ("$'\\x01\\x7f'", [1, 0x7F]), ("$'é“'", Array("é“".utf8)),
        ]
        try await withScratch { scratch in
            var script = ""
            for (index, name) in odd.enumerated() {
                // overlayfs takes a backslash in a name for an escape, and shows the name as it was
                // given; by descriptor there is nothing to escape.
                let by = name.bytes.contains(0x5C) ? "@" : "="
                script += """
                    d=\(scratch.path)/\(name.shell)\(index)
                    mkdir "$d" "$d/up" "$d/work" "$d/mnt"
                    \(mountVerbatim) "$d/mnt" source="s$d" lowerdir+=\(scratch.base) upperdir\(by)"$d/up" workdir\(by)"$d/work"

                    """
            }
            let holder = try await Holder.start(scratch, in: namespace == .own ? .own : .apart, script)
            let sightings = try found(scratch, way)
            for (index, name) in odd.enumerated() {
                let directory = Array("\(scratch.path)/".utf8) + name.bytes + Array("\(index)".utf8)
                let sighting = sightings.first { $0.upper == directory + Array("/up".utf8) }
                #expect(sighting != nil, "\(shown(name.bytes))")
                #expect(sighting?.point == directory + Array("/mnt".utf8), "\(shown(name.bytes))")
                #expect(sighting?.source == Array("s".utf8) + directory, "\(shown(name.bytes))")
            }
            #expect(sightings.count == odd.count)
            try await holder.end()
        }
    }

    enum NamespaceName: Sendable {
        case own
        case other
    }
}
