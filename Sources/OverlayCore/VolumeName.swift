// SPDX-License-Identifier: Apache-2.0

/// The name of a volume: `[a-zA-Z0-9][a-zA-Z0-9_.-]*`, at most 255 bytes, checked once, here.
///
/// The rule is docker-on-top's. dockerd does not check the names of plugin volumes, so we must.
package struct VolumeName: Hashable, Sendable {
    package let entry: EntryName

    /// The volume's directory has this name; nil when no volume can be called so.
    package init?(_ entry: EntryName) {
        guard entry.cString.count <= 256, Self.isVolumeName(entry.cString.dropLast()) else { return nil }
        self.entry = entry
    }

    /// A name from a person or a program.
    package init(validating text: some Sequence<UInt8>) throws(NameError) {
        let bytes = Array(text)
        if bytes.contains(0x2F) { throw .slash }
        guard Self.isVolumeName(bytes.map { CChar(bitPattern: $0) }[...]) else { throw .illegal }
        guard let entry = EntryName(bytes: bytes) else { throw .tooLong }
        self.entry = entry
    }

    package enum NameError: Error, Equatable, CustomStringConvertible {
        case slash
        case illegal
        case tooLong

        package var description: String {
            switch self {
            case .slash:
                "volume name cannot contain slashes (for specifying host path use"
                    + " `-o base=/path/to/base/directory`)"
            case .illegal:
                "volume name contains illegal characters: it should comply to \"[a-zA-Z0-9][a-zA-Z0-9_.-]*\""
            case .tooLong: "volume name is too long: at most 255 bytes"
            }
        }
    }

    private static func isVolumeName(_ name: ArraySlice<CChar>) -> Bool {
        guard let first = name.first, isAlphanumeric(first) else { return false }
        return name.dropFirst().allSatisfy { isAlphanumeric($0) || $0 == 0x5F || $0 == 0x2E || $0 == 0x2D }
    }

    private static func isAlphanumeric(_ character: CChar) -> Bool {
        (0x30...0x39).contains(character) || (0x41...0x5A).contains(character) || (0x61...0x7A).contains(character)
    }
}

extension VolumeName: Comparable, CustomStringConvertible {
    package static func < (one: VolumeName, other: VolumeName) -> Bool { one.entry < other.entry }
    package var description: String { entry.description }
}
