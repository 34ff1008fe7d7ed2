// SPDX-License-Identifier: Apache-2.0
//
// Runs once at boot, before Docker, containerd and podman. Links neither Foundation nor an argument
// parser nor threads it does not need: its start is on the boot's critical path.

internal import Glibc
internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
internal import OverlaySystemd

/// The arguments as the kernel gave them: paths are bytes.
private func rawArguments() -> [[UInt8]] {
    var arguments: [[UInt8]] = []
    for index in 1..<max(Int(CommandLine.argc), 1) {
        guard let argument = unsafe CommandLine.unsafeArgv[index] else { continue }
        let characters = unsafe UnsafeBufferPointer(start: argument, count: strlen(argument))
        arguments.append(unsafe characters.map { UInt8(bitPattern: $0) })
    }
    return arguments
}

private func answer(_ request: Options.Request) -> CInt {
    switch request {
    case .help:
        StandardOutput.write(Options.help)
        return 0
    case .version:
        StandardOutput.write("overlayd-reset \(overlaydVersion)\n")
        return 0
    case .run(let options):
        return Run(options, Log("overlayd-reset")).run().rawValue
    }
}

private func runProgram() -> CInt {
    do throws(Options.Fault) {
        return answer(try Options.parse(rawArguments()))
    } catch {
        guard case .usage(let what) = error else { return 2 }
        StandardOutput.writeError("overlayd-reset: \(what)\nTry overlayd-reset --help\n")
        return 2
    }
}

// A reader of our output that went away does not stop a reset half-way.
_ = signal(SIGPIPE, SIG_IGN)
exit(runProgram())
