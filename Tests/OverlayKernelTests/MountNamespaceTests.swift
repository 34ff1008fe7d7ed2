// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing

/// Whose mounts this process sees. `.other` is tested through the programs, which refuse to work there.
@Suite struct MountNamespaceTests {
    /// `make test` makes pid 1 one of its own, so the tests are where "the host" is.
    @Test(.enabled(if: !NamespaceScan.Way.isFirstProcessNamespace)) func thisIsTheHost() {
        #expect(MountNamespace.compareWithHost() == .host)
    }

    @Test func theTableIsThisNamespaces() async throws {
        try await withScratch { scratch in
            func points() throws -> [String] {
                try ownMountTable().records.values.map { shown($0.point) }.filter { $0.hasPrefix(scratch.path) }
                    .sorted()
            }
            #expect(try points() == [scratch.path])
            let script = "mkdir -p 'root/a b'; mount -t tmpfs own 'root/a b'"
            try await withHolder(scratch, in: .apart, script) { (_: Holder) async throws in
                #expect(try points() == [scratch.path], "another namespace's mounts are not in it")
            }
            try await Shell.bash("cd \(scratch.path); \(script); mount -t tmpfs over 'root/a b'")
            #expect(try points() == [scratch.path, "\(scratch.root)/a b", "\(scratch.root)/a b"])
            let status = try Directory(path: scratch.rootPath).status(of: EntryName("a b"))
            let stack = try ownMountTable().stack(from: status.mount)
            #expect(stack.map { shown($0.source) } == ["over", "own"])
        }
    }
}
