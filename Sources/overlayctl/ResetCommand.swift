// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
internal import OverlaySystemd
internal import VolumeTrees

struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring volumes that are not mounted back to rest.",
        discussion: """
            The same as overlayd-reset does at boot. A mounted volume is left exactly as it is; what \
            containers wrote is never touched. Recorded uses of volumes that are not mounted are dropped.
            """)

    @OptionGroup var options: GlobalOptions
    @Flag(name: .customLong("dry-run"), help: "Say what would be done, and do nothing.") var isRehearsal = false
    @Argument(help: "Only these volumes.") var names: [String] = []

    func run() throws {
        let only = try names.isEmpty ? nil : names.map(volumeName)
        var found: Set<VolumeName> = []
        var isWell = true
        let log = Log("overlayctl", .lines(.fitting))
        for store in try options.stores() {
            var reset = RootReset(scratch: probeScratch)
            reset.isRehearsal = isRehearsal
            reset.only = only.map { Set($0) }
            let result = reset.run(store, log: log)
            found.formUnion(result.found)
            isWell = isWell && result.isWell
        }
        try complainOfMissing(only, found)
        if !isWell { throw CommandFailure.silent }
    }
}
