// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import OverlayKernel

/// The colours of journalctl(1), on a terminal that has some.
package enum Palette: Sendable {
    case plain
    case coloured

    /// What standard output is good for.
    package static var fitting: Palette {
        choose(isTerminal: StandardOutput.isTerminal) { name in
            unsafe getenv(name).map { unsafe String(cString: $0) }
        }
    }

    /// `SYSTEMD_COLORS` decides; else a terminal that is not dumb, and no `NO_COLOR`.
    package static func choose(isTerminal: Bool, _ variable: (String) -> String?) -> Palette {
        switch variable("SYSTEMD_COLORS")?.lowercased() {
        case "0", "no", "n", "false", "f", "off": return .plain
        case "1", "yes", "y", "true", "t", "on", "16", "256", "24bit": return .coloured
        default: break  // auto-16 and its like: the terminal decides.
        }
        let isAble = isTerminal && (variable("TERM") ?? "dumb") != "dumb"
        return isAble && variable("NO_COLOR")?.isEmpty != false ? .coloured : .plain
    }

    /// As it is written to a terminal, or anywhere.
    package func line(_ text: String, _ priority: Priority) -> String {
        guard self == .coloured, let start = priority.colour else { return text }
        return "\u{1B}[\(start)m\(text)\u{1B}[0m"
    }
}

extension Priority {
    /// SGR parameters; nil: as it comes.
    fileprivate var colour: String? {
        switch self {
        case .error: "1;31"
        case .warning: "1;33"
        case .notice: "1"
        case .info: nil
        }
    }
}
