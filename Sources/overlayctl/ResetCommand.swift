// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
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
        let only = try names.isEmpty ? nil : Set(names.map(volumeName))
        var found = 0
        var isWell = true
        for store in try options.stores() {
            let start = ProcessControl.nanoseconds()
            var reset = RootReset(scratch: probeScratch)
            reset.isRehearsal = isRehearsal
            reset.only = only
            let result = reset.run(store) { reports in
                for line in reports.compactMap({ Wording.line($0, root: store.path.shown) }) { say(line) }
            }
            if let failure = result.failure { complain("\(failure)") }
            let milliseconds = (ProcessControl.nanoseconds() - start) / 1_000_000
            say(Wording.summary(result.summary, root: store.path.shown, milliseconds: milliseconds))
            found += result.summary.volumes
            isWell = isWell && result.failure == nil && result.summary.needPerson == 0
        }
        if let only, found < only.count {
            throw CommandFailure.failed("no such volume, for at least one of these names")
        }
        if !isWell { throw CommandFailure.silent }
    }
}
