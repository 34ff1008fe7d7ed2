// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import SystemPackage

/// Every combination of the facts that a decision about a volume rests on, one value for each way a
/// fact can matter.
enum FactSpace {
    static let mountpoints: [MountpointFact] = [
        .absent, .directory, .occupied, .mounted, .stacked, .foreign("a tmpfs"), .other(.symbolicLink),
        .unreadable(.ioError),
    ]
    /// Those of a directory of ours, or none, with nothing mounted.
    static let unmounted: [MountpointFact] = [.absent, .directory, .occupied]
    static let parts: [PartFact] = [.absent, .directory, .other(.symbolicLink), .mount, .unreadable(.ioError)]
    static let metadata: [MetadataFact] = [
        .absent, .complete, .broken("it ends early"), .other(.directory), .unreadable(.ioError),
    ]
    static let uses = [
        UsesFact(), UsesFact(count: 1), UsesFact(count: 2), UsesFact(count: 0, stray: EntryName("subdirectory")),
    ]
    static let holdings: [Holding] = [
        .unasked, .free(namespaces: 3), .held("its overlay is mounted elsewhere"), .unproven("a namespace is closed"),
    ]
    static let intents: [Intent] = [
        .reset, .mount(volatile: false), .mount(volatile: true), .unmounted, .create, .remove,
    ]

    static var count: Int {
        mountpoints.count * parts.count * parts.count * parts.count * metadata.count * uses.count * 2 * holdings.count
    }

    /// Plain loops: a list of them all would cost more than the decisions.
    static func forEach(holdings: [Holding] = holdings, _ body: (VolumeFacts) -> Void) {
        var facts = VolumeFacts()
        for holding in holdings {
            facts.holding = holding
            for mountpoint in mountpoints {
                facts.mountpoint = mountpoint
                for uses in uses {
                    facts.uses = uses
                    for trash in 0...1 {
                        facts.trash = trash
                        forEachTree(facts, body)
                    }
                }
            }
        }
    }

    private static func forEachTree(_ start: VolumeFacts, _ body: (VolumeFacts) -> Void) {
        var facts = start
        for metadata in metadata {
            facts.metadata = metadata
            for workdir in parts {
                facts.workdir = workdir
                for activemounts in parts {
                    facts.activemounts = activemounts
                    for upper in parts {
                        facts.upper = upper
                        body(facts)
                    }
                }
            }
        }
    }
}

/// The first few facts that break a rule, in words: one expectation for a million decisions.
struct Counterexamples {
    private(set) var found: [String] = []
    private(set) var checks = 0

    mutating func check(_ holds: Bool, _ rule: StaticString, _ facts: VolumeFacts, _ intent: Intent? = nil) {
        checks += 1
        guard !holds, found.count < 5 else { return }
        let wish = intent.map { " for \($0)" } ?? ""
        found.append("\(rule)\(wish): \(facts)")
    }
}

extension Holding {
    var isFree: Bool {
        if case .free = self { true } else { false }
    }

    var isHeld: Bool {
        if case .held = self { true } else { false }
    }
}
