// SPDX-License-Identifier: Apache-2.0

internal import COverlay
internal import SystemPackage

/// Where a program's words go. A reader that went away is no reason to stop working.
package enum StandardOutput {
    package static func write(_ text: String) { write(text, to: 1) }
    package static func writeError(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: CInt) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = unsafe ovl_write(descriptor, Array(rest), rest.count)
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Whether a person is likely to read it as it comes. The C function is `isatty(3)`.
    package static var isTerminal: Bool { ovl_is_terminal(1) != 0 }
}
