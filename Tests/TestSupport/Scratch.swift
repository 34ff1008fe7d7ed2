// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import SystemPackage

/// The file systems volumes lie on.
package enum FileSystem: String, CaseIterable, Sendable {
    case tmpfs
    case ext4
    case xfs
    case btrfs
}

/// A file system of a test's own, mounted in the tests' private mount namespace and gone with it.
package struct Scratch: Sendable {
    /// Where it is mounted.
    package let path: String

    /// A directory in it, as a volumes root.
    package var root: String { "\(path)/root" }
    package var base: String { "\(path)/base" }
    package var rootPath: FilePath { FilePath(root) }

    /// What lies in a directory: names, types, modes, owners, sizes and contents, to be compared.
    package func snapshot(_ directory: String? = nil) async throws -> String {
        try await Shell.bash(
            """
            cd \(directory ?? root)
            find . -xdev -printf '%p %y %m %U:%G %l\\n' | LC_ALL=C sort
            find . -xdev -type f -print0 | LC_ALL=C sort -z | xargs -0r md5sum
            """)
    }
}

/// Runs `body` on a new file system, with an empty volumes root and a base directory in it.
package func withScratch(
    _ fileSystem: FileSystem = .tmpfs, _ body: (Scratch) async throws -> Void
) async throws {
    try requirePrivateNamespace()
    let place = try await Shell.bash("mktemp -d /tmp/overlayd-test.XXXXXX").split(separator: "\n").first
    guard let place else { throw Shell.Failed(description: "mktemp gave no name") }
    let scratch = Scratch(path: "\(place)/fs")
    try await Shell.bash("mkdir \(scratch.path)")
    switch fileSystem {
    case .tmpfs: try await Shell.bash("mount -t tmpfs -o size=1g scratch \(scratch.path)")
    case .ext4, .xfs, .btrfs:
        let force = fileSystem == .ext4 ? "-q -F" : "-q -f"
        try await Shell.bash(
            """
            truncate -s 512M \(place)/image
            mkfs.\(fileSystem.rawValue) \(force) \(place)/image
            mount -o loop \(place)/image \(scratch.path)
            """)
    }
    let result: Result<Void, any Error>
    do {
        try await Shell.bash("mkdir \(scratch.root) \(scratch.base); echo base > \(scratch.base)/file")
        result = .success(try await body(scratch))
    } catch {
        result = .failure(error)
    }
    // Whatever a test left mounted goes with the namespace; the disk space must not wait for that.
    try await Shell.bash(
        "umount -R -l \(scratch.path) || true; rm -rf --one-file-system \(place)/image; rmdir \(place)/fs \(place) || true"
    )
    try result.get()
}

/// Tests mount, unmount and delete: never in the namespace of the host. `make test` makes one.
package func requirePrivateNamespace() throws {
    guard getenv("OVERLAYD_TEST_NAMESPACE") != nil, geteuid() == 0 else {
        throw Shell.Failed(description: "run the tests with `make test`: they need root and a private mount namespace")
    }
}
