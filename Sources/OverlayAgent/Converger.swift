// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
internal import OverlayKernel
internal import SystemPackage
package import VolumeTrees

/// Brings trees to the end their facts call for: observe → decide → prove → act, and again for those
/// that were not as they had been seen. Trees go in batches, for the proof costs by the batch.
package final class Converger {
    private let store: VolumeStore
    private let intent: Intent
    /// Takes no lock and does nothing: the plan is the answer.
    private let isRehearsal: Bool
    /// When waiting for locks ends: one time for a whole run, however many locks are kept.
    private let deadline: Int64
    private let observer: Observer
    private let prover: Prover

    /// Looks at a tree that keeps changing, before it is left for a person.
    private static let roundLimit = 5
    /// How long others may keep a lock: docker-on-top has it for a mount or an unmount.
    package static let lockPatience: Int64 = 5_000_000_000
    private static let lockPause: UInt32 = 20

    package init(
        _ store: VolumeStore, _ intent: Intent, isRehearsal: Bool, mounts: MountsBelow, deadline: Int64,
        prover: Prover
    ) {
        self.deadline = deadline
        self.store = store
        self.intent = intent
        self.isRehearsal = isRehearsal
        self.prover = prover
        observer = Observer(store, mounts)
    }

    /// One report a name, in the same order.
    package func converge(_ names: some Sequence<VolumeName>) -> [VolumeReport] {
        let subjects = names.map { Subject($0) }
        var open = subjects
        var round = 0
        while !open.isEmpty {
            if round > 0 { observer.forget() }
            runRound(open, isFirst: round == 0)
            round += 1
            open = subjects.filter { $0.outcome == nil }
            let isLate = ProcessControl.nanoseconds() > deadline
            for subject in open {
                if subject.isWaiting ? isLate : subject.rounds >= Self.roundLimit {
                    subject.giveUp()
                }
            }
            open.removeAll { $0.outcome != nil }
            if !open.isEmpty, open.allSatisfy(\.isWaiting) { ProcessControl.sleep(milliseconds: Self.lockPause) }
        }
        return subjects.map(\.report)
    }

    private func runRound(_ subjects: [Subject], isFirst: Bool) {
        for subject in subjects { look(at: subject, depth(isFirst)) }
        prove(subjects.filter { $0.decision?.needsProof == true && $0.outcome == nil && !$0.isWaiting })
        for subject in subjects where subject.outcome == nil && !subject.isWaiting { act(on: subject) }
        // A lock is held no longer than its round.
        for subject in subjects { subject.tree = nil }
    }

    private func depth(_ isFirst: Bool) -> VolumeTree.Depth {
        isRehearsal || !isFirst ? .thorough : .quick
    }

    private func look(at subject: Subject, _ depth: VolumeTree.Depth) {
        do {
            let tree = try store.open(subject.name)
            let facts = observer.facts(of: tree, depth, locking: !isRehearsal)
            let decision = Reconciler.decide(facts, for: intent)
            subject.see(facts, decision)
            let acts = decision.needsProof || !decision.steps.isEmpty
            // Of a tree that is done with, nothing stays open.
            if acts { subject.tree = tree }
            // What is seen while another holds the lock may be half of what it is doing. Before anything is
            // done the lock is looked at again, and that look is enough: a directory that has lost its name
            // never gets it back.
            let wantsLock = (acts || decision.refusal != nil) && facts.activemounts == .directory
            subject.isWaiting = wantsLock && !isRehearsal && !(acts ? tree.isLocked : tree.hasLock())
            guard !subject.isWaiting else { return }
            subject.rounds += 1
            if !acts { subject.settle(decision) }
        } catch {
            // A volume that went away while we worked is in nobody's way.
            subject.outcome =
                error == .noSuchFileOrDirectory
                ? .untouched : .failed(KernelError("open the directory of", subject.name.description, error))
        }
    }

    private func prove(_ subjects: [Subject]) {
        let asked = subjects.compactMap { subject in subject.asProofWanted.map { (subject, $0) } }
        guard !asked.isEmpty else { return }
        for ((subject, seen), holding) in zip(asked, prover.holdings(of: asked.map(\.1), uppersToo: intent.needsUpper))
        {
            var facts = seen.facts
            facts.holding = holding
            // The probe could not open a part: a second look tells which, and what it is.
            if case .unproven = holding, let tree = subject.tree {
                facts = observer.facts(of: tree, .thorough, locking: !isRehearsal)
                facts.holding = holding
            }
            let decision = Reconciler.decide(facts, for: intent)
            subject.see(facts, decision)
            if decision.steps.isEmpty { subject.settle(decision) }
        }
    }

    private func act(on subject: Subject) {
        guard let decision = subject.decision, let tree = subject.tree else { return }
        if isRehearsal {
            guard let facts = subject.facts else { return }
            subject.outcome = .planned(Reconciler.wholePlan(facts, for: intent).steps)
            return
        }
        // Proving a batch takes its time. Whoever replaced activemounts/ meanwhile (docker-on-top does at its
        // start) may have mounted the volume since, in another namespace too, where rmdir(2) of a mountpoint
        // succeeds and takes the mount along.
        guard tree.hasLock() || subject.facts?.activemounts == .absent else { return }
        defer { subject.recovered = subject.recovered ?? tree.recovered }
        do throws(KernelError) {
            for step in decision.steps {
                switch try observer.perform(step, on: tree) {
                case .done: subject.did(step)
                case .doneWithTrash: subject.did(step, addingTrash: true)
                case .lookAgain:
                    if step == .makeActivemounts { subject.did(step) }
                    return
                }
            }
            subject.outcome = .repaired
        } catch {
            subject.outcome = .failed(error)
        }
    }
}

/// One volume on its way through the rounds.
private final class Subject {
    let name: VolumeName
    var tree: VolumeTree?
    var outcome: VolumeReport.Outcome?
    var isWaiting = false
    var rounds = 0
    var recovered: EntryName?
    private(set) var facts: VolumeFacts?
    private(set) var decision: Decision?
    private var firstState: VolumeState?
    private var done: [Step] = []

    init(_ name: VolumeName) { self.name = name }

    var asProofWanted: (tree: VolumeTree, facts: VolumeFacts)? {
        guard let tree, let facts else { return nil }
        return (tree, facts)
    }

    func see(_ facts: VolumeFacts, _ decision: Decision) {
        self.facts = facts
        self.decision = decision
        // What it was when we came, or what is worse.
        if done.isEmpty || decision.refusal != nil { firstState = decision.state }
    }

    func did(_ step: Step, addingTrash: Bool = false) {
        done.append(step)
        guard var facts else { return }
        step.apply(to: &facts)
        if addingTrash { facts.trash += 1 }
        self.facts = facts
    }

    /// Time or tries are over: told is what is known.
    func giveUp() {
        if let refusal = decision?.refusal {
            outcome = .refused(refusal)
        } else {
            outcome = isWaiting ? .locked : .unsettled
        }
    }

    func settle(_ decision: Decision) {
        outcome = decision.refusal.map { .refused($0) } ?? (done.isEmpty ? .untouched : .repaired)
    }

    var report: VolumeReport {
        VolumeReport(
            name: name, state: firstState, facts: facts, done: done, outcome: outcome ?? .unsettled,
            recovered: recovered)
    }
}
