// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Arguments are bytes, the argument parser takes text: what is not UTF-8 travels through it as
/// private-use characters, one a byte, and comes out as the same bytes.
///
/// The characters U+10FE00...U+10FEFF themselves travel the same way, so the journey is one-to-one.
enum ArgumentBytes {
    private static let firstStandIn: UInt32 = 0x10_FE00

    /// This program's arguments as text for the parser.
    static func travelling() -> [String] {
        var arguments: [String] = []
        for index in 1..<max(Int(CommandLine.argc), 1) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { continue }
            let characters = unsafe UnsafeBufferPointer(start: argument, count: strlen(argument))
            arguments.append(text(unsafe characters.map { UInt8(bitPattern: $0) }))
        }
        return arguments
    }

    static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isStandIn) {
            return text
        }
        var text = ""
        for byte in bytes {
            if byte < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else if let standIn = Unicode.Scalar(firstStandIn + UInt32(byte)) {
                text.unicodeScalars.append(standIn)
            }
        }
        return text
    }

    static func bytes(_ text: String) -> [UInt8] {
        guard text.unicodeScalars.contains(where: isStandIn) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            isStandIn(scalar) ? [UInt8(truncatingIfNeeded: scalar.value - firstStandIn)] : Array(String(scalar).utf8)
        }
    }

    /// Text of the parser's, which may quote an argument: stand-ins as `\xNN`.
    static func shown(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { line, scalar in
            if isStandIn(scalar) {
                line += "\\x" + String(scalar.value - firstStandIn, radix: 16)
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
    }

    private static func isStandIn(_ scalar: Unicode.Scalar) -> Bool {
        (firstStandIn...(firstStandIn + 0xFF)).contains(scalar.value)
    }
}
