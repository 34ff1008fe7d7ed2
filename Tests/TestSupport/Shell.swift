// SPDX-License-Identifier: Apache-2.0

internal import Subprocess
internal import SystemPackage

/// Programs of the host, run for real.
package enum Shell {
    package struct Output: Sendable, CustomStringConvertible {
        package var status: Int32
        package var out: String
        package var err: String

        package var description: String { "exit \(status)\n\(out)\(err)" }
    }

    /// A script that must succeed; what it printed.
    @discardableResult
    package static func bash(_ script: String) async throws -> String {
        let output = try await run("/bin/bash", ["-euc", script])
        guard output.status == 0 else { throw Failed(description: "bash failed: \(script)\n\(output)") }
        return output.out
    }

    /// A program and how it ended; killed by a signal is 128 and its number, as in a shell.
    package static func run(_ program: String, _ arguments: [String]) async throws -> Output {
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(arguments),
            output: .bytes(limit: 16 << 20), error: .bytes(limit: 16 << 20))
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Output(
            status: status, out: String(decoding: result.standardOutput, as: UTF8.self),
            err: String(decoding: result.standardError, as: UTF8.self))
    }

    package struct Failed: Error, CustomStringConvertible {
        package var description: String
        package init(description: String) { self.description = description }
    }
}

/// A program of this package, from the same build as the tests.
package func builtProgram(_ name: String) throws -> String {
    guard let own = CommandLine.arguments.first else {
        throw Shell.Failed(description: "the tests do not know where they were started from")
    }
    return FilePath(own).removingLastComponent().appending(name).string
}
