// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

@Suite struct VolumeStateTests {
    /// One row of the table of states: nil where the table says "any" or nothing.
    private struct Row {
        var state: VolumeState
        var at: [MountpointFact]
        var used: Bool?
        var held: Bool?
        var hasRemains: Bool?
    }

    /// The table, in the order in which a row wins over a later one: what forbids us to act first.
    private static let table = [
        Row(state: .foreign, at: [.foreign("a tmpfs")]),
        Row(state: .stacked, at: [.stacked]),
        Row(state: .inUse, at: [.mounted], used: true),
        Row(state: .unrecorded, at: [.mounted], used: false, held: true),
        Row(state: .stale, at: [.mounted], used: false, held: false),
        Row(state: .detached, at: FactSpace.unmounted, held: true),
        Row(state: .obstructed, at: [.occupied]),
        Row(state: .lost, at: FactSpace.unmounted, used: true, held: false),
        Row(state: .leftover, at: FactSpace.unmounted, used: false, held: false, hasRemains: true),
        Row(state: .clean, at: [.absent], used: false, held: false, hasRemains: false),
    ]

    private static func byTable(_ facts: VolumeFacts) -> VolumeState? {
        let parts = [facts.workdir, facts.activemounts, facts.upper]
        let isWhole =
            facts.metadata == .complete && facts.upper != .absent && facts.uses.stray == nil
            && parts.allSatisfy { $0 == .absent || $0 == .directory }
        guard isWhole else { return .damaged }
        // Two remains that the table of parts names and the table of states does not: trash that
        // waits to be emptied, and activemounts/ away after docker-on-top's own reset was cut short.
        let hasRemains =
            facts.mountpoint != .absent || facts.workdir != .absent || facts.activemounts == .absent || facts.trash > 0
        let row = table.first { row in
            row.at.contains(facts.mountpoint) && (row.used ?? (facts.uses.count > 0)) == (facts.uses.count > 0)
                && (row.held ?? facts.holding.isHeld) == facts.holding.isHeld
                && (row.hasRemains ?? hasRemains) == hasRemains
        }
        // What is left is a mountpoint that is no directory or cannot be read.
        return row?.state ?? .damaged
    }

    @Test func agreesWithTheTableOnAllFacts() {
        var broken = Counterexamples()
        var seen: Set<VolumeState> = []
        FactSpace.forEach { facts in
            let state = VolumeState(of: facts)
            seen.insert(state)
            broken.check(state == Self.byTable(facts), "another state than the table's", facts)
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks == FactSpace.count)
        #expect(seen == Set(VolumeState.allCases), "every state occurs")
    }

    @Test func atRestIsWhatAResetLeaves() {
        #expect(VolumeFacts.clean.isAtRest)
        #expect(VolumeState(of: .clean) == .clean)
        #expect(!VolumeFacts().isAtRest)
    }

    /// The words scripts may look for.
    @Test func namesAreFixed() {
        #expect(
            VolumeState.allCases.map(\.rawValue) == [
                "clean", "in use", "leftover", "stale", "unrecorded", "lost", "detached", "foreign", "stacked",
                "obstructed", "damaged",
            ])
    }

    @Test func explanationsDiffer() {
        let explanations = VolumeState.allCases.map(\.explanation)
        #expect(Set(explanations).count == explanations.count)
        #expect(explanations.allSatisfy { !$0.isEmpty && !$0.contains("\n") })
    }
}
