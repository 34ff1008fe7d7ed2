// SPDX-License-Identifier: Apache-2.0

/// What the caller wants of a volume.
package enum Intent: Hashable, Sendable {
    /// At boot: no use survives a boot. A mounted volume is left exactly as it is.
    case reset
    /// Before a mount: what must be there, with a new upper when the volume is volatile.
    case mount(volatile: Bool)
    /// After an unmount: as clean, unless something still uses it.
    case unmounted
    /// Complete a tree that is empty, or half there.
    case create
    /// Before the whole directory goes: refuse while anything could still need it.
    case remove

    /// Whether an overlay of any workdir on the same upper is in the way: the upper goes, or gets an
    /// overlay of its own.
    package var needsUpper: Bool {
        switch self {
        case .mount, .remove: true
        case .reset, .unmounted, .create: false
        }
    }
}

/// Why nothing is done, and what a person does about it. Not an error: an answer.
package enum Refusal: Hashable, Sendable {
    case damaged(Damage)
    case foreign(String)
    case stacked
    case held(String)
    case unproven(String)
    case inUse(Int)
    /// Removal would take along what is no part of a volume, or files nobody has looked at yet.
    case holdsMore(EntryName)
}

/// What to do about one volume: complete, verified before the first step, empty when all is well.
package struct Decision: Hashable, Sendable {
    package var state: VolumeState
    package var steps: [Step] = []
    package var refusal: Refusal?
    /// The steps hang on proof that nothing holds the overlay: take it, decide again.
    package var needsProof = false
}

/// Facts and an intent in, a decision out. No I/O, no clock.
package enum Reconciler {
    package static func decide(_ facts: VolumeFacts, for intent: Intent) -> Decision {
        if intent == .create { return completion(of: facts) }
        var decision = Decision(state: VolumeState(of: facts))
        // A half volume may be removed: that is one of the two things to do about it.
        let damages = Damage.all(in: facts)
        if let damage = intent == .remove ? damages.first(where: { !$0.isHalfVolume }) : damages.first {
            decision.refusal = .damaged(damage)
            return decision
        }
        switch facts.mountpoint {
        case .foreign(let what): decision.refusal = .foreign(what)
        case .stacked: decision.refusal = .stacked
        case .mounted:
            if intent == .remove { decision.refusal = .inUse(facts.uses.count) }
        case .absent, .directory, .occupied, .other, .unreadable: unmounted(facts, intent, &decision)
        }
        return decision
    }

    private static func unmounted(_ facts: VolumeFacts, _ intent: Intent, _ decision: inout Decision) {
        if intent == .remove, let more = facts.stranger ?? (facts.mountpoint == .occupied ? mountpoint : nil) {
            decision.refusal = .holdsMore(more)
            return
        }
        let steps = steps(for: intent, facts)
        // Removal deletes an upper, so it wants the proof even of a tree at rest.
        guard !steps.isEmpty || intent == .remove else { return }
        switch facts.holding {
        case .unasked: decision.needsProof = true
        case .held(let by): decision.refusal = .held(by)
        case .unproven(let why): decision.refusal = .unproven(why)
        case .free:
            if intent == .remove, facts.uses.count > 0 { decision.refusal = .inUse(facts.uses.count) }
            decision.steps = steps
        }
    }

    private static func steps(for intent: Intent, _ facts: VolumeFacts) -> [Step] {
        switch intent {
        case .reset: reset(facts)
        case .unmounted: facts.uses.count > 0 ? [] : reset(facts)
        case .mount(let volatile): mount(facts, volatile: volatile)
        case .remove, .create: []
        }
    }

    private static let mountpoint = EntryName("mountpoint")

    /// Everything that would be done, beyond the step after which a run looks again: for people.
    package static func wholePlan(_ facts: VolumeFacts, for intent: Intent) -> Decision {
        var decision = decide(facts, for: intent)
        var then = facts
        var steps = decision.steps
        while steps == [.makeActivemounts] {
            steps.forEach { $0.apply(to: &then) }
            steps = decide(then, for: intent).steps
            decision.steps += steps
        }
        return decision
    }

    /// In the seed's order. The rmdir comes first: should something be mounted in this namespace after all,
    /// it says EBUSY and nothing else was touched.
    private static func reset(_ facts: VolumeFacts) -> [Step] {
        // The lock lives on activemounts/. Without it there is nothing to hold while we work: it is
        // made alone, and the rest decided again, under the lock.
        guard facts.activemounts != .absent else { return [.makeActivemounts] }
        var steps: [Step] = []
        if facts.mountpoint == .directory { steps.append(.removeMountpoint) }
        if facts.mountpoint == .occupied { steps.append(.moveFilesAside) }
        if facts.uses.count > 0 { steps.append(.dropUses) }
        if facts.workdir == .directory { steps.append(.discardWorkdir) }
        return steps
    }

    /// Uses without a mount are a lost mount: it comes back with the same upper, volatile or not.
    private static func mount(_ facts: VolumeFacts, volatile: Bool) -> [Step] {
        guard facts.activemounts != .absent else { return [.makeActivemounts] }
        var steps: [Step] = []
        if facts.mountpoint == .occupied { steps.append(.moveFilesAside) }
        if facts.workdir == .directory { steps.append(.discardWorkdir) }
        if volatile, facts.uses.count == 0 { steps.append(.renewUpper) }
        steps.append(.makeWorkdir)
        if facts.mountpoint != .directory { steps.append(.makeMountpoint) }
        return steps
    }

    /// What an empty or half directory lacks of a volume. The metadata comes last: it is what makes
    /// the directory a volume.
    private static func completion(of facts: VolumeFacts) -> Decision {
        var decision = Decision(state: VolumeState(of: facts))
        if let damage = Damage.all(in: facts).first(where: { !$0.isHalfVolume }) {
            decision.refusal = .damaged(damage)
            return decision
        }
        if facts.upper == .absent { decision.steps.append(.makeUpper) }
        if facts.activemounts == .absent { decision.steps.append(.makeActivemounts) }
        if facts.metadata != .complete { decision.steps.append(.writeMetadata) }
        return decision
    }
}

extension Damage {
    /// Only something missing or half-written: what a crash within a creation leaves.
    package var isHalfVolume: Bool {
        switch self {
        case .missing, .brokenMetadata: true
        case .wrongKind, .mounted, .unreadable, .strayUse, .notAVolume: false
        }
    }
}

extension Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let damage): damage.description
        case .foreign(let what): "\(what) is mounted at mountpoint/"
        case .stacked: "its overlay is mounted more than once at mountpoint/"
        case .held(let by): by
        case .unproven(let why): why
        case .inUse(0): "the volume is mounted"
        case .holdsMore(let name): "it holds \(name), which is no part of a volume and would be lost"
        case .inUse(let uses): "the volume is in use: \(counted(uses, "use"))"
        }
    }

    /// What a person does about it, for a volume of this name in this directory.
    package func advice(_ name: VolumeName, in directory: String) -> String {
        switch self {
        case .damaged(let damage): damage.advice(name, in: directory)
        case .foreign:
            "see what it is (grep \(directory)/mountpoint /proc/self/mountinfo); if it is not wanted, unmount it,"
                + " then run overlayctl reset"
        case .stacked: "stop what uses the volume, unmount every layer, then run overlayctl reset"
        case .held: "stop what uses the volume, then run overlayctl reset"
        case .unproven: "nothing was deleted; overlayctl check tells what is missing"
        case .holdsMore(EntryName("mountpoint")): "run overlayctl reset \(name), which keeps those files; look at them"
        case .holdsMore(let more): "move \(directory)/\(more) away first"
        case .inUse(0): "stop what uses the volume, umount \(directory)/mountpoint, then try again"
        case .inUse:
            "stop what uses the volume; if nothing does any more, umount \(directory)/mountpoint should it be mounted,"
                + " then run overlayctl reset \(name)"
        }
    }
}
