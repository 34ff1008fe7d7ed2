// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

extension FilePath {
    /// A path of these bytes; nil when one is NUL, which no path can hold.
    package init?(bytes: some Sequence<UInt8>) {
        let cString = bytes.map { CChar(bitPattern: $0) }
        guard !cString.contains(0) else { return nil }
        let path = (cString + [0]).withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { FilePath(platformString: $0) }
        }
        guard let path else { return nil }
        self = path
    }

    package var bytes: [UInt8] {
        withPlatformString { characters in
            UnsafeBufferPointer(start: characters, count: length).map { UInt8(bitPattern: $0) }
        }
    }

    /// For messages: no control character of it reaches a terminal.
    package var shown: String { OverlayCore.shown(bytes) }
}
