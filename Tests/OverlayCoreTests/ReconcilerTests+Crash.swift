// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

/// Plans applied to their own facts: they end, and a crash between two steps changes nothing of where.
extension ReconcilerTests {
    static let free = [Holding.free(namespaces: 3)]
    static let planning: [Intent] = [
        .reset, .mount(volatile: false), .mount(volatile: true), .unmounted, .create,
    ]

    /// Decides and applies until a round changes nothing; nil when four rounds do not get there.
    ///
    /// Trash does not count: a repeated renewal of an upper leaves one more in it.
    private static func settled(_ start: VolumeFacts, for intent: Intent) -> VolumeFacts? {
        var facts = start
        facts.trash = 0
        for _ in 0..<4 {
            let before = facts
            for step in Reconciler.decide(facts, for: intent).steps { step.apply(to: &facts) }
            facts.trash = 0
            if facts == before { return facts }
        }
        return nil
    }

    @Test func resetEndsAtRest() {
        var broken = Counterexamples()
        FactSpace.forEach(holdings: Self.free) { facts in
            guard Damage(in: facts) == nil, FactSpace.unmounted.contains(facts.mountpoint) else { return }
            var end = facts
            var rounds = 0
            while rounds < 4, case let steps = Reconciler.decide(end, for: .reset).steps, !steps.isEmpty {
                for step in steps { step.apply(to: &end) }
                rounds += 1
            }
            broken.check(end.isAtRest, "not at rest", facts, .reset)
            broken.check(Reconciler.decide(end, for: .reset).steps.isEmpty, "never done", facts, .reset)
            broken.check(rounds <= 2, "more than the lock and the rest", facts, .reset)
            broken.check(end.upper == .directory && end.metadata == .complete, "upper or metadata lost", facts, .reset)
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks == 4 * (3 * 2 * 2 * 3 * 2))
    }

    @Test func aCrashAfterAnyStepEndsTheSame() {
        var broken = Counterexamples()
        FactSpace.forEach(holdings: Self.free) { facts in
            for intent in Self.planning {
                let steps = Reconciler.decide(facts, for: intent).steps
                guard !steps.isEmpty else { continue }
                let end = Self.settled(facts, for: intent)
                broken.check(end != nil, "never done", facts, intent)
                var crashed = facts
                for step in steps {
                    step.apply(to: &crashed)
                    broken.check(Self.settled(crashed, for: intent) == end, "another end", facts, intent)
                }
            }
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks > 1000)
    }

    /// Whatever was being done when the machine died, the next boot's reset cleans up after it.
    @Test func aResetAfterAnyCrashEndsAtRest() {
        var broken = Counterexamples()
        FactSpace.forEach(holdings: Self.free) { facts in
            guard Damage(in: facts) == nil, FactSpace.unmounted.contains(facts.mountpoint) else { return }
            for intent in Self.planning {
                var crashed = facts
                for step in Reconciler.decide(facts, for: intent).steps {
                    step.apply(to: &crashed)
                    let end = Self.settled(crashed, for: .reset)
                    broken.check(end?.isAtRest == true, "not at rest after a crash", crashed, intent)
                    broken.check(end?.upper == .directory, "upper lost after a crash", crashed, intent)
                }
            }
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks > 500)
    }

    /// A crash within a creation leaves half a volume, which a reset leaves alone and a creation ends.
    @Test func aCreationEndsCompleteFromAnyHalfVolume() {
        var broken = Counterexamples()
        FactSpace.forEach(holdings: [.unasked]) { facts in
            guard Damage.all(in: facts).allSatisfy(\.isHalfVolume) else { return }
            let end = Self.settled(facts, for: .create)
            broken.check(
                end?.metadata == .complete && end?.upper == .directory && end?.activemounts == .directory,
                "not a whole volume", facts, .create)
            broken.check(end.map { Damage(in: $0) == nil } == true, "damage made", facts, .create)
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks > 1000)
    }

    @Test func mountLeavesWhatAMountNeeds() {
        var broken = Counterexamples()
        FactSpace.forEach(holdings: Self.free) { facts in
            for volatile in [false, true] {
                let intent = Intent.mount(volatile: volatile)
                guard !Reconciler.decide(facts, for: intent).steps.isEmpty else { continue }
                let end = Self.settled(facts, for: intent)
                broken.check(
                    end?.mountpoint == .directory && end?.workdir == .directory, "a part is missing", facts, intent)
                broken.check(end?.uses == facts.uses, "uses changed", facts, intent)
                broken.check(end?.activemounts == .directory, "no place for the use", facts, intent)
            }
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks == 2 * 3 * (3 * 2 * 2 * 3 * 2))
    }
}
