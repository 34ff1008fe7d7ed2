// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
internal import SystemPackage
internal import VolumeTrees

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show every volume and the state it is in.",
        discussion: "Changes nothing. `overlayctl plan` shows what a reset would do about it, and why.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let rows = try options.rows()
        if let form = listing.json { return say(try json(rows, form)) }
        var table = Table(heading: listing.noLegend ? nil : ["VOLUME", "STATE", "USES", "BASE", "DETAIL"])
        for row in rows {
            let uses = row.uses.map { String($0) } ?? "-"
            table.add([row.name, row.state, uses, row.shownBase, row.detail])
        }
        if !table.text.isEmpty { say(table.text) }
        if !listing.noLegend { say("\n\(Self.counts(rows))") }
    }

    private static func counts(_ rows: [VolumeRow]) -> String {
        let states = VolumeState.allCases.compactMap { state -> String? in
            let count = rows.count { $0.state == state.rawValue }
            return count > 0 ? "\(count) \(state.rawValue)" : nil
        }
        return states.isEmpty ? "no volumes" : "\(counted(rows.count, "volume")): \(states.joined(separator: ", "))"
    }
}

struct Plan: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a reset would do, and why.",
        discussion: "Changes nothing. `overlayctl reset` does it.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var listing: ListingOptions
    @Argument(help: "Only these volumes.") var names: [String] = []

    struct Row: Encodable {
        var name: String
        var root: String
        var state: String
        var evidence: [String]
        var steps: [String]
        var refusal: String?
        var advice: String?
    }

    func run() throws {
        let only = try names.isEmpty ? nil : names.map(volumeName)
        var rows: [Row] = []
        var found: Set<VolumeName> = []
        for store in try options.stores() {
            let sights = try Survey.look(at: store, only: only).filter { $0.failure?.errno != .noSuchFileOrDirectory }
            found.formUnion(sights.map(\.name))
            rows += sights.compactMap { row($0, store.path) }
        }
        if let form = listing.json {
            say(try json(rows, form))
            return try complainOfMissing(only, found)
        }
        for row in rows { say(text(row)) }
        if rows.isEmpty, !listing.noLegend { say("nothing to do") }
        try complainOfMissing(only, found)
    }

    private func row(_ sight: VolumeSight, _ root: FilePath) -> Row? {
        var row = Row(
            name: sight.name.description, root: root.shown, state: sight.state.rawValue, evidence: [], steps: [])
        if let facts = sight.facts, let decision = sight.decision {
            guard !decision.steps.isEmpty || decision.refusal != nil else { return nil }
            row.evidence = Evidence.facts(facts)
            row.steps = decision.steps.map(\.description)
            row.refusal = decision.refusal?.description
            row.advice = decision.refusal?.advice(sight.name, in: "\(root.shown)/\(sight.name)")
        } else {
            row.refusal = sight.failure?.description
        }
        return row
    }

    private func text(_ row: Row) -> String {
        var lines = ["\(row.name): \(row.state)"]
        lines += row.evidence.map { "   because \($0)" }
        lines += row.steps.enumerated().map { "   \($0 + 1). \($1)" }
        if let refusal = row.refusal { lines.append("   nothing is done: \(refusal)") }
        if let advice = row.advice { lines.append("   what to do: \(advice)") }
        return lines.joined(separator: "\n")
    }
}

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that this host can do what a reset needs, and every volume.",
        discussion: "Exits with 1 when something needs a person.")

    @OptionGroup var options: GlobalOptions
    @OptionGroup var listing: ListingOptions

    struct Row: Encodable {
        var ok: Bool
        var subject: String
        var text: String
    }

    func run() throws {
        var findings = HostCheck.host(options.policy)
        // In a namespace that hides the host's mounts every volume would look unmounted.
        if findings.first?.isGood == true {
            for store in try options.stores() { findings += HostCheck.root(store) }
        }
        if let form = listing.json {
            say(try json(findings.map { Row(ok: $0.isGood, subject: $0.subject, text: $0.text) }, form))
        } else {
            for finding in findings { say("\(finding.isGood ? "ok  " : "BAD ") \(finding.subject): \(finding.text)") }
        }
        if findings.contains(where: { !$0.isGood }) { throw CommandFailure.silent }
    }
}

/// Ends the command with 1 when some of the volumes it was asked about are in no root.
func complainOfMissing(_ asked: [VolumeName]?, _ found: Set<VolumeName>) throws {
    let missing = (asked ?? []).filter { !found.contains($0) }
    for name in missing { complain("\(name): \(VolumeRequests.Failure.noSuchVolume)") }
    if !missing.isEmpty { throw CommandFailure.silent }
}

/// A volume's name as a person gave it.
func volumeName(_ text: String) throws -> VolumeName {
    do {
        return try VolumeName(validating: ArgumentBytes.bytes(text))
    } catch {
        throw CommandFailure.wrongUsage("\(error)")
    }
}
