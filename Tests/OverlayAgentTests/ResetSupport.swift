// SPDX-License-Identifier: Apache-2.0

import OverlayAgent
import OverlayCore
import OverlayKernel
import Synchronization
import SystemPackage
import TestSupport
import VolumeTrees

/// A reset of one root through the library, and what it told.
struct ResetRun {
    var result: RootReset.Result
    var reports: [VolumeReport]

    func report(_ name: String) -> VolumeReport? { reports.first { $0.name.description == name } }

    /// The end of one volume in a word, for tables.
    func outcome(_ name: String) -> String {
        switch report(name)?.outcome {
        case .untouched: "untouched"
        case .repaired: "repaired"
        case .planned: "planned"
        case .refused: "refused"
        case .failed(let error): "failed: \(error)"
        case .locked: "locked"
        case .unsettled: "unsettled"
        case nil: "missing"
        }
    }
}

private final class Reports: Sendable {
    let all = Mutex<[VolumeReport]>([])
}

func reset(_ scratch: Scratch, rehearsal: Bool = false) throws -> ResetRun {
    guard let store = try VolumeStore.open(scratch.rootPath) else {
        throw Shell.Failed(description: "there is no root")
    }
    let reports = Reports()
    var reset = RootReset(scratch: "/run")
    reset.isRehearsal = rehearsal
    let result = reset.run(store) { batch in reports.all.withLock { $0 += batch } }
    return ResetRun(result: result, reports: reports.all.withLock { $0 })
}

/// The names in a volume's directory, sorted.
func parts(_ scratch: Scratch, _ name: String) async throws -> [String] {
    try await Shell.bash("ls -A1 \(scratch.root)/\(name)").split(separator: "\n").map { String($0) }.sorted()
}

/// A volume at rest, by its names.
let restingParts = ["activemounts", "metadata.json", "upper"]
