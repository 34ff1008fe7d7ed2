// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Others who may write in the root swap parts of trees while resets run: nothing outside is touched.
@Suite struct RaceTests {
    /// `swap` changes one part of `web` into something that leads outside and back, for ever.
    static let swaps = [
        "mv web/workdir web/away; ln -s \"$OUT\" web/workdir; rm web/workdir; mv web/away web/workdir",
        "mv web/activemounts web/away; ln -s \"$OUT\" web/activemounts; rm web/activemounts; mv web/away web/activemounts",
        "mv web/mountpoint web/away; ln -s \"$OUT\" web/mountpoint; rm web/mountpoint; mv web/away web/mountpoint",
        "mv web away; ln -s \"$OUT\" web; rm web; mv away web",
        "mkdir -p web/workdir/work; mount --bind \"$OUT\" web/workdir; umount -l web/workdir",
        "mkdir -p web/mountpoint; mount --bind \"$OUT\" web/mountpoint; umount -l web/mountpoint",
        "mkdir -p web/activemounts; mount --bind \"$OUT\" web/activemounts; umount -l web/activemounts",
    ]

    @Test(arguments: swaps) func swapping(_ swap: String) async throws {
        try await withScratch { scratch in
            let outside = "\(scratch.path)/outside"
            try await Shell.bash(
                "mkdir -p \(outside)/{work,activemounts,mountpoint,workdir/work,upper}; touch \(outside)/{file,activemounts/use,work/file}"
            )
            try await Shell.bash(
                "touch \(outside)/workdir/work/file \(outside)/upper/file; echo '{}' > \(outside)/metadata.json")
            try await scratch.makeVolume("web")
            let before = try await scratch.snapshot(outside)
            let program = try builtProgram("overlayd-reset")
            try await Shell.bash(
                """
                cd \(scratch.root); OUT=\(outside)
                ( while [ ! -e \(scratch.path)/stop ]; do { \(swap); } 2>/dev/null || true; done ) &
                swapper=$!
                for i in $(seq 60); do
                  mkdir -p web/workdir/work web/mountpoint 2>/dev/null || true
                  touch web/activemounts/use 2>/dev/null || true
                  \(program) --volumes-root \(scratch.root) >/dev/null 2>&1 || true
                done
                touch \(scratch.path)/stop; wait $swapper
                """)
            // The racing touch and mkdir above follow links, as a shell does; they make, never take away.
            try await Shell.bash("cd \(outside); rmdir mountpoint 2>/dev/null; mkdir mountpoint")
            let after = try await scratch.snapshot(outside)
            for line in before.split(separator: "\n") {
                #expect(after.contains(line), "gone from outside: \(line)")
            }
        }
    }
}
