// SPDX-License-Identifier: Apache-2.0

/// Volume trees as docker-on-top leaves them, made with mkdir and mount(8): independently of the code
/// under test.
extension Scratch {
    /// A tree at rest.
    package func makeVolume(_ name: String, base: String? = nil) async throws {
        try await Shell.bash(
            """
            cd \(root); mkdir -m 700 \(name); cd \(name); mkdir activemounts upper
            printf '{"BaseDirPath":"\(base ?? self.base)","Volatile":false}' > metadata.json
            echo written-by-a-user > upper/file
            """)
    }

    /// Mounts it as docker-on-top does, with one recorded use.
    package func mount(_ name: String) async throws {
        try await Shell.bash(
            """
            cd \(root)/\(name); mkdir -p mountpoint workdir; printf '{"UsageCount":1}' > activemounts/use1
            mount -t overlay docker-on-top_\(name) \
              -o lowerdir=\(base),upperdir=$PWD/upper/,workdir=$PWD/workdir/ mountpoint
            """)
    }

    /// What a power cut leaves of a mounted volume.
    package func makeDirty(_ name: String) async throws {
        try await makeVolume(name)
        try await mount(name)
        try await Shell.bash("umount \(root)/\(name)/mountpoint")
    }

    /// Makes `count` dirty trees without mounting, fast.
    package func makeDirty(count: Int, prefix: String = "v") async throws {
        try await Shell.bash(
            """
            cd \(root)
            for i in $(seq -f '\(prefix)%05.0f' 1 \(count)); do
              mkdir -p $i/activemounts $i/upper $i/mountpoint $i/workdir/work; chmod 700 $i
              printf '{"BaseDirPath":"\(base)","Volatile":false}' > $i/metadata.json
              printf '{"UsageCount":1}' > $i/activemounts/use1
              echo \\$i > $i/upper/file
            done
            """)
    }
}
