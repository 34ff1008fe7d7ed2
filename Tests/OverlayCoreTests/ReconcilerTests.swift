// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

/// The rules hold for every combination of facts and every intent.
@Suite struct ReconcilerTests {
    @Test func everyDecisionKeepsTheRules() {
        var broken = Counterexamples()
        FactSpace.forEach { facts in
            let isDamaged = Damage(in: facts) != nil
            for intent in FactSpace.intents {
                let decision = Reconciler.decide(facts, for: intent)
                checkForm(decision, facts, intent, &broken)
                if intent != .create { checkCaution(decision, facts, intent, isDamaged: isDamaged, &broken) }
                checkSteps(decision, facts, intent, &broken)
            }
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks > FactSpace.count * FactSpace.intents.count)
    }

    /// What a decision may look like.
    private func checkForm(
        _ decision: Decision, _ facts: VolumeFacts, _ intent: Intent, _ broken: inout Counterexamples
    ) {
        let steps = decision.steps
        broken.check(decision.refusal == nil || steps.isEmpty, "a refusal and steps", facts, intent)
        broken.check(
            !decision.needsProof || (steps.isEmpty && decision.refusal == nil), "steps or a refusal before the proof",
            facts, intent)
        broken.check(!decision.needsProof || facts.holding == .unasked, "a proof asked for twice", facts, intent)
        broken.check(steps.count < 2 || Set(steps).count == steps.count, "a step twice", facts, intent)
    }

    /// What keeps us from touching a tree.
    private func checkCaution(
        _ decision: Decision, _ facts: VolumeFacts, _ intent: Intent, isDamaged: Bool, _ broken: inout Counterexamples
    ) {
        let isIdle = decision.steps.isEmpty
        broken.check(isIdle || facts.holding.isFree, "steps without proof", facts, intent)
        guard intent != .remove else { return }
        broken.check(!isDamaged || isIdle && decision.refusal != nil, "a damaged tree touched", facts, intent)
        switch facts.mountpoint {
        case .foreign, .stacked:
            broken.check(isIdle && decision.refusal != nil, "a mount we do not know touched", facts, intent)
        case .mounted: broken.check(isIdle, "a mounted volume touched", facts, intent)
        case .absent, .directory, .occupied, .other, .unreadable:
            guard case .mount = intent else { break }
            let isStopped = decision.refusal != nil || decision.needsProof
            broken.check(
                isStopped || facts.holding.isFree, "a mount on an upper that may be alive elsewhere", facts, intent)
        }
    }

    /// Which steps serve which intent.
    private func checkSteps(
        _ decision: Decision, _ facts: VolumeFacts, _ intent: Intent, _ broken: inout Counterexamples
    ) {
        guard !decision.steps.isEmpty else { return }
        let steps = decision.steps
        let allowed = Self.allowed(intent)
        broken.check(steps.allSatisfy { allowed.contains($0) }, "a step not for this intent", facts, intent)
        broken.check(
            !steps.contains(.renewUpper) || facts.uses.count == 0, "the upper of a used volume renewed", facts, intent)
        if intent == .create {
            broken.check(
                !steps.contains(.writeMetadata) || steps.last == .writeMetadata, "metadata before the parts", facts,
                intent)
        } else {
            // Without the directory there is no lock to work under.
            broken.check(
                steps == [.makeActivemounts]
                    || (facts.activemounts == .directory && !steps.contains(.makeActivemounts)),
                "more than the lock without a lock", facts, intent)
            broken.check(
                !steps.contains(.removeMountpoint) || steps.first == .removeMountpoint, "rmdir not first", facts, intent
            )
        }
        if intent == .unmounted {
            broken.check(facts.uses.count == 0, "a used volume cleaned after an unmount", facts, intent)
        }
    }

    private static func allowed(_ intent: Intent) -> [Step] {
        switch intent {
        case .reset: [.makeActivemounts, .removeMountpoint, .moveFilesAside, .dropUses, .discardWorkdir]
        case .unmounted: [.makeActivemounts, .removeMountpoint, .moveFilesAside, .discardWorkdir]
        case .mount(volatile: false):
            [.makeActivemounts, .moveFilesAside, .discardWorkdir, .makeWorkdir, .makeMountpoint]
        case .mount(volatile: true):
            [.makeActivemounts, .moveFilesAside, .discardWorkdir, .renewUpper, .makeWorkdir, .makeMountpoint]
        case .create: [.makeUpper, .makeActivemounts, .writeMetadata]
        case .remove: []
        }
    }

    @Test func aDecisionIsItsFactsAlone() {
        var broken = Counterexamples()
        FactSpace.forEach { facts in
            // The intents take turns: six times the work would find nothing more.
            let intent = FactSpace.intents[broken.checks / 2 % FactSpace.intents.count]
            let once = Reconciler.decide(facts, for: intent)
            broken.check(once == Reconciler.decide(facts, for: intent), "two answers", facts, intent)
            broken.check(once.state == VolumeState(of: facts), "another state in the decision", facts, intent)
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks == 2 * FactSpace.count)
    }

    @Test func aCleanVolumeIsLeftAlone() {
        var broken = Counterexamples()
        FactSpace.forEach { facts in
            guard VolumeState(of: facts) == .clean else { return }
            for intent in [Intent.reset, .unmounted, .create] {
                let decision = Reconciler.decide(facts, for: intent)
                broken.check(decision.steps.isEmpty, "a clean volume touched", facts, intent)
                broken.check(decision.refusal == nil, "a clean volume refused", facts, intent)
                broken.check(!decision.needsProof, "a proof for nothing", facts, intent)
            }
        }
        #expect(broken.found.isEmpty)
        #expect(broken.checks == 3 * 3 * 3, "unasked, free and unproven, three intents, three checks")
    }
}
