// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
internal import SystemPackage

/// A volume as `status --json` and `volume ls --json` give it.
struct VolumeRow: Encodable {
    var name: String
    var root: String
    var state: String
    var uses: Int?
    var trash: Int?
    var base: String?
    var volatile: Bool?
    var holding: String?
    var problem: String?
    var advice: String?
    /// For people: no control character reaches the terminal. Not encoded.
    let shownBase: String

    private enum CodingKeys: CodingKey {
        case name, root, state, uses, trash, base, volatile, holding, problem, advice
    }

    init(_ sight: VolumeSight, root path: FilePath) {
        name = sight.name.description
        root = path.shown
        state = sight.state.rawValue
        uses = sight.facts?.uses.count
        trash = sight.facts?.trash
        base = sight.metadata.map { String(decoding: $0.base, as: UTF8.self) }
        shownBase = sight.metadata.map { shown($0.base) } ?? "-"
        volatile = sight.metadata?.volatile
        holding = sight.facts.flatMap { Evidence.text($0) }
        problem = sight.failure?.description ?? sight.decision?.refusal?.description
        advice = sight.decision?.refusal?.advice(sight.name, in: "\(root)/\(name)")
    }

    /// What stands behind the columns for a person.
    var detail: String {
        problem ?? (trash ?? 0 > 0 ? "\(trash ?? 0) set aside" : VolumeState(rawValue: state)?.explanation ?? "")
    }
}

/// What the proof rests on, in words.
enum Evidence {
    static func text(_ facts: VolumeFacts) -> String? {
        switch facts.holding {
        case .unasked: nil
        case .free where facts.mountpoint == .mounted: "no other mount shows its overlay"
        case .free(let namespaces):
            "no live overlay is in the way: the kernel's in-use mark is not set, and none of"
                + " \(counted(namespaces, "mount namespace")) shows one"
        case .held(let by): by
        case .unproven(let why): why
        }
    }

    /// What was seen of the tree, in words: the reason for a plan.
    static func facts(_ facts: VolumeFacts) -> [String] {
        var seen: [String] = []
        switch facts.mountpoint {
        case .absent: break
        case .directory: seen.append("mountpoint/ is an empty directory with nothing mounted")
        case .occupied: seen.append("mountpoint/ holds files with nothing mounted")
        case .mounted: seen.append("its overlay is mounted at mountpoint/")
        case .stacked: seen.append("its overlay is mounted more than once at mountpoint/")
        case .foreign(let what): seen.append("\(what) is mounted at mountpoint/")
        case .other(let kind): seen.append("mountpoint is \(kind.rawValue)")
        case .unreadable(let errno): seen.append("mountpoint/ cannot be read: \(errno)")
        }
        if facts.activemounts == .absent { seen.append("activemounts/ is missing") }
        if facts.uses.count > 0 { seen.append(counted(facts.uses.count, "use is recorded", "uses are recorded")) }
        if facts.workdir == .directory { seen.append("workdir/ is there") }
        if facts.trash > 0 { seen.append("\(counted(facts.trash, "directory is", "directories are")) set aside") }
        if let text = text(facts) { seen.append(text) }
        return seen
    }
}

/// A volume as `volume inspect` gives it: docker's names.
struct InspectRow: Encodable {
    var Name: String
    var Mountpoint: String
    var CreatedAt: String?
    var Scope = "local"
    var Options: [String: String]
    var Status: [String: String]

    init(_ sight: VolumeSight, root: FilePath) {
        Name = sight.name.description
        Mountpoint = "\(root.shown)/\(sight.name)/mountpoint"
        CreatedAt = sight.created.map { Date(timeIntervalSince1970: TimeInterval($0)).formatted(.iso8601) }
        Options = [:]
        if let metadata = sight.metadata {
            Options["base"] = String(decoding: metadata.base, as: UTF8.self)
            Options["volatile"] = metadata.volatile ? "true" : "false"
        }
        let row = VolumeRow(sight, root: root)
        Status = ["state": row.state, "uses": String(row.uses ?? 0)]
        if let problem = row.problem { Status["problem"] = problem }
    }
}
