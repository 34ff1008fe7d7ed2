// SPDX-License-Identifier: Apache-2.0
//
// overlayctl works on the volumes themselves, under the same locks as everything else, whether or not
// a daemon runs.

internal import ArgumentParser
internal import Glibc
internal import OverlayCore

struct Overlayctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overlayctl",
        abstract: "Look at overlay volumes, repair them, make and remove them.",
        discussion: """
            Exit status: 0 done, 1 something failed or needs a person, 2 wrong usage.
            """,
        version: "overlayctl \(overlaydVersion)",
        subcommands: [Status.self, Plan.self, Reset.self, Check.self, Volume.self])
}

/// `--json` alone is `--json=short`, as systemd's tools have it. The parser's own way to say so
/// (defaultAsFlag, 1.8.2) loses the value of `--json=pretty` when another option follows.
private func arguments() -> [String] {
    let arguments = ArgumentBytes.travelling()
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].map { $0 == "--json" ? "--json=short" : $0 } + arguments[end...]
}

private func runProgram() -> CInt {
    do {
        var command = try Overlayctl.parseAsRoot(arguments())
        try command.run()
        return 0
    } catch let failure as CommandFailure {
        switch failure {
        case .failed(let text), .wrongUsage(let text): complain(text)
        case .silent: break
        }
        return failure.exitStatus
    } catch {
        let text = ArgumentBytes.shown(Overlayctl.fullMessage(for: error))
        guard Overlayctl.exitCode(for: error) != .success else {
            say(text)
            return 0
        }
        complain(text)
        // What is left are the parser's own errors and what the kernel room threw.
        return Overlayctl.exitCode(for: error) == .validationFailure ? 2 : 1
    }
}

_ = signal(SIGPIPE, SIG_IGN)
exit(runProgram())
