// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import SystemPackage
import Testing

/// Removal deletes what a user wrote, and refusals are read by people.
extension ReconcilerTests {
    /// Said from the other side than the code: the list of everything that forbids it.
    @Test func removalIsAllowedOnlyWithNothingAgainstIt() {
        var broken = Counterexamples()
        var allowed = 0
        FactSpace.forEach { facts in
            let decision = Reconciler.decide(facts, for: .remove)
            let parts = [facts.workdir, facts.activemounts, facts.upper]
            let isFit = parts.allSatisfy { $0 == .absent || $0 == .directory }
            let hasReadableMetadata = [.absent, .complete, .broken("it ends early")].contains(facts.metadata)
            // Files found in the way are a person's: a reset keeps them first.
            let isNotMounted = FactSpace.unmounted.contains(facts.mountpoint) && facts.mountpoint != .occupied
            let mayGo =
                isFit && hasReadableMetadata && isNotMounted && facts.uses == UsesFact() && facts.holding.isFree
            let goes = decision.refusal == nil && !decision.needsProof
            allowed += goes ? 1 : 0
            broken.check(goes == mayGo, "removal", facts, .remove)
            broken.check(decision.steps.isEmpty, "a removal in steps", facts, .remove)
        }
        #expect(broken.found.isEmpty)
        #expect(allowed == 2 * 2 * 2 * 2 * 3 * 2)
    }

    @Test(arguments: [
        (Holding.unasked, 0, nil as Refusal?, true),
        (.free(namespaces: 4), 0, nil, false),
        (.free(namespaces: 4), 2, .inUse(2), false),
        (.held("a process has it open"), 0, .held("a process has it open"), false),
        (.unproven("no index=on here"), 0, .unproven("no index=on here"), false),
    ])
    func removalOfAVolumeAtRest(holding: Holding, uses: Int, refusal: Refusal?, needsProof: Bool) {
        var facts = VolumeFacts.clean
        facts.holding = holding
        facts.uses.count = uses
        let decision = Reconciler.decide(facts, for: .remove)
        #expect(decision.refusal == refusal)
        #expect(decision.needsProof == needsProof)
    }

    @Test(arguments: [MetadataFact.complete, .absent, .broken("it ends early")])
    func whatHoldsStrangersIsNotRemoved(metadata: MetadataFact) {
        var facts = VolumeFacts.clean
        facts.metadata = metadata
        facts.stranger = EntryName("payroll")
        facts.holding = .free(namespaces: 1)
        let refusal = Reconciler.decide(facts, for: .remove).refusal
        let stranger = EntryName("payroll")
        #expect(refusal == (metadata == .complete ? .holdsMore(stranger) : .damaged(.notAVolume(stranger))))
    }

    @Test func aMountedVolumeIsNotRemoved() {
        var facts = VolumeFacts.clean
        facts.mountpoint = .mounted
        facts.workdir = .directory
        facts.uses.count = 1
        facts.holding = .free(namespaces: 1)
        #expect(Reconciler.decide(facts, for: .remove).refusal == .inUse(1))
    }

    @Test(arguments: [
        (Refusal.damaged(.missing(.upper)), "upper is missing"),
        (.foreign("a tmpfs"), "a tmpfs is mounted at mountpoint/"),
        (.stacked, "its overlay is mounted more than once at mountpoint/"),
        (.held("its overlay is mounted at /x"), "its overlay is mounted at /x"),
        (.unproven("no probe"), "no probe"),
        (.inUse(0), "the volume is mounted"),
        (.inUse(1), "the volume is in use: 1 use"),
        (.inUse(2), "the volume is in use: 2 uses"),
    ])
    func refusalsSayWhy(refusal: Refusal, words: String) throws {
        #expect(refusal.description == words)
        let advice = refusal.advice(try VolumeName(validating: "vol".utf8), in: "/r/vol")
        #expect(!advice.isEmpty && !advice.contains("NAME") && !advice.contains("\n"))
    }

    @Test(arguments: [
        (Step.removeMountpoint, "remove the empty mountpoint/"),
        (.moveFilesAside, "keep the files found in mountpoint/: rename it to recovered-files.N"),
        (.makeActivemounts, "make activemounts/"),
        (.dropUses, "drop the use records in activemounts/"),
        (.discardWorkdir, "discard workdir/"),
        (.makeUpper, "make upper/"),
        (.renewUpper, "exchange upper/ for an empty one"),
        (.makeWorkdir, "make workdir/"),
        (.makeMountpoint, "make mountpoint/"),
        (.writeMetadata, "write metadata.json"),
    ])
    func stepsAreSentences(step: Step, sentence: String) {
        #expect(step.description == sentence)
    }
}
