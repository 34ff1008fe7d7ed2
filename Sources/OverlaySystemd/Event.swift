// SPDX-License-Identifier: Apache-2.0

/// syslog(3)'s levels, as far as they are used here.
package enum Priority: Int, Sendable, Comparable {
    /// Something did not work at all.
    case error = 3
    /// Something was left as it is, or is worth a look.
    case warning = 4
    /// What a run came to.
    case notice = 5
    case info = 6

    package static func < (one: Priority, other: Priority) -> Bool { one.rawValue < other.rawValue }
}

/// The kinds of event there are. Each has an id that never changes and an entry under it in
/// `packaging/overlayd.catalog`, which `journalctl -x` shows.
package enum Event: String, CaseIterable, Sendable {
    case resetFinished
    case volumeReset
    case volumeMounted
    case filesRecovered
    case volumeHeld
    case volumeNeedsPerson
    case resetPlanned
    case rehearsalFinished
    case entrySkipped
    case rootAbsent
    case rootUnusable
    case configurationUnreadable
    case configurationDoubtful
    case wrongNamespace
    case trashWaiting
    case trashEmptied
    case trashKept
    case linesLeftOut

    /// `MESSAGE_ID=`, see sd-id128(3).
    package var messageID: String {
        switch self {
        case .resetFinished: "fe28cef444a6497db47912c22e0d3b1c"
        case .volumeReset: "db0c9536b60d488599cfc3739e43c187"
        case .volumeMounted: "fb82f9d0566f453596824c98f49bf2e4"
        case .filesRecovered: "6f51e138978c415484bc8b1e730e7737"
        case .volumeHeld: "24849e99947a4b8299bcca0389d72cbf"
        case .volumeNeedsPerson: "08ca7eef4b5344d7a14e16a72a735675"
        case .resetPlanned: "7311466c893f4929b48579404d3545b2"
        case .rehearsalFinished: "7c016dbf269b438abfcdb4d5f4622eab"
        case .entrySkipped: "b9b26dfe4775426f905fbd96ff3b9c59"
        case .rootAbsent: "80edd80299274a75b343bc8cfade65a5"
        case .rootUnusable: "b34c3d386d17429a94a0356f3f157224"
        case .configurationUnreadable: "ba3c799630f74d53b03d80a7ced5bc59"
        case .configurationDoubtful: "b716831dfd42424b949358f07009346e"
        case .wrongNamespace: "82f44ce7a8694f8dbb3590f4ebd8605c"
        case .trashWaiting: "ea0b45d6ab8147dbb0ca151fe125c023"
        case .trashEmptied: "8c797d0f5760466ab192860835a73f65"
        case .trashKept: "b713444645a24aa98da17c8d11ab6f86"
        case .linesLeftOut: "19874333131944beb0ebc35bd49cc8d5"
        }
    }

    /// How much it matters.
    package var priority: Priority {
        switch self {
        case .rootUnusable, .configurationUnreadable, .wrongNamespace: .error
        case .filesRecovered, .volumeHeld, .volumeNeedsPerson, .configurationDoubtful, .trashKept: .warning
        case .resetFinished, .rehearsalFinished, .linesLeftOut: .notice
        case .volumeReset, .volumeMounted, .resetPlanned, .entrySkipped, .rootAbsent, .trashWaiting, .trashEmptied:
            .info
        }
    }

    /// Said of the program rather than of a volume: it goes to standard error, under the program's name.
    package var isComplaint: Bool { priority == .error || self == .configurationDoubtful }
}
