// SPDX-License-Identifier: Apache-2.0

/// The state of a volume tree, as `overlayctl status` shows it. ARCHITECTURE.md has the table.
package enum VolumeState: String, CaseIterable, Sendable {
    case clean
    case inUse = "in use"
    case leftover
    case stale
    case unrecorded
    case lost
    case detached
    case foreign
    case stacked
    case obstructed
    case damaged

    /// The one state of a tree with these facts. Total: every combination has one.
    package init(of facts: VolumeFacts) {
        if Damage(in: facts) != nil {
            self = .damaged
            return
        }
        switch facts.mountpoint {
        case .foreign: self = .foreign
        case .stacked: self = .stacked
        case .mounted: self = Self.mounted(facts)
        case .absent, .directory, .occupied, .other, .unreadable: self = Self.unmounted(facts)
        }
    }

    private static func mounted(_ facts: VolumeFacts) -> VolumeState {
        if facts.uses.count > 0 { return .inUse }
        if case .held = facts.holding { return .unrecorded }
        return .stale
    }

    private static func unmounted(_ facts: VolumeFacts) -> VolumeState {
        if case .held = facts.holding { return .detached }
        if facts.mountpoint == .occupied { return .obstructed }
        if facts.uses.count > 0 { return .lost }
        return facts.isAtRest && facts.trash == 0 ? .clean : .leftover
    }

    /// One sentence for a person.
    package var explanation: String {
        switch self {
        case .clean: "not mounted, nothing left over"
        case .inUse: "mounted and used"
        case .leftover: "not mounted, but parts of an earlier mount are still there"
        case .stale: "mounted, and nobody uses it"
        case .unrecorded: "mounted and still held, but no use is recorded"
        case .lost: "uses are recorded, but nothing is mounted"
        case .detached: "not mounted here, but its overlay is still alive elsewhere"
        case .foreign: "something that is not this volume's overlay is mounted at mountpoint/"
        case .stacked: "its overlay is mounted more than once"
        case .obstructed: "files lie in mountpoint/ with nothing mounted"
        case .damaged: "not a complete volume tree"
        }
    }
}

extension VolumeFacts {
    /// Nothing mounted, no part of a mount left, `activemounts/` there and empty.
    package var isAtRest: Bool {
        mountpoint == .absent && workdir == .absent && activemounts == .directory && uses.count == 0
    }
}
