// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
internal import SystemPackage
internal import VolumeTrees

/// What every command takes: where the volumes are, and where the program may act.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read FILE and FILE.d/*.conf, not /etc/overlayd/overlayd.conf.", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("volumes-root"),
        help: ArgumentHelp("The volumes in this directory, not in the configured ones. Repeatable.", valueName: "dir"))
    var volumesRoots: [String] = []

    @Option(help: "Only in the mount namespace of pid 1 (host), or wherever it runs (self).")
    var namespace: Namespace = .host

    enum Namespace: String, ExpressibleByArgument, CaseIterable {
        case host
        case own = "self"
    }

    var policy: NamespacePolicy { namespace == .host ? .host : .own }

    /// The roots that exist. A root that does not is no error: there are no volumes in it.
    func stores() throws -> [VolumeStore] {
        try mayAct()
        return try roots().compactMap { root in try VolumeStore.open(root) }
    }

    /// Every volume of every root.
    func rows() throws -> [VolumeRow] {
        try stores().flatMap { store in try Survey.look(at: store).map { VolumeRow($0, root: store.path) } }
    }

    /// The root new volumes are made in: the first.
    func firstRoot() throws -> FilePath {
        try mayAct()
        guard let root = try roots().first else { throw CommandFailure.wrongUsage("no volumes root is configured") }
        return root
    }

    private func mayAct() throws {
        if let objection = policy.objection { throw CommandFailure.failed(objection) }
    }

    private func roots() throws -> [FilePath] {
        guard volumesRoots.isEmpty else { return try volumesRoots.map(root) }
        let file = config.map { ArgumentBytes.bytes($0) } ?? Configuration.path.bytes
        guard let path = FilePath(bytes: file) else { throw CommandFailure.wrongUsage("--config wants a path") }
        do {
            let configuration = try Configuration.load(path, isRequired: config != nil)
            for warning in configuration.warnings { complain(warning) }
            return configuration.volumeRoots
        } catch {
            throw CommandFailure.wrongUsage("\(error)")
        }
    }

    private func root(_ text: String) throws -> FilePath {
        let bytes = ArgumentBytes.bytes(text)
        guard let root = Configuration.root(bytes) else {
            throw CommandFailure.wrongUsage(
                "--volumes-root wants the absolute path of a directory, not \"\(shown(bytes))\"")
        }
        return root
    }
}

/// How a listing comes out.
struct ListingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Print JSON: short (or --json alone), one line, or pretty.", valueName: "short|pretty"))
    var json: JSONForm?

    @Flag(help: "Print no heading and no summary.")
    var noLegend = false
}

enum JSONForm: String, ExpressibleByArgument, CaseIterable {
    case short
    case pretty
}

/// How a command ends when not well: 1 something failed, 2 wrong usage.
enum CommandFailure: Error {
    case failed(String)
    case wrongUsage(String)
    /// All was said already.
    case silent

    var exitStatus: CInt {
        if case .wrongUsage = self { 2 } else { 1 }
    }
}

func say(_ text: String) { StandardOutput.write(text + "\n") }

func complain(_ text: String) { StandardOutput.writeError("overlayctl: \(text)\n") }
