// SPDX-License-Identifier: Apache-2.0

package import SystemPackage

/// What overlayd.conf and its drop-ins say, defaults filled in.
package struct Configuration: Equatable, Sendable {
    /// Where the main file is looked for.
    package static let path: FilePath = "/etc/overlayd/overlayd.conf"

    /// `[Volumes] Root=`: directories whose entries are volumes. May be given more than once; an
    /// empty value forgets those before it. Default: /var/lib/overlayd/volumes.
    package var volumeRoots: [FilePath] { roots.isEmpty ? ["/var/lib/overlayd/volumes"] : roots }
    private var roots: [FilePath] = []

    /// Sentences about keys nobody knows: worth a warning, never worth a failed boot.
    package private(set) var warnings: [String] = []

    package init() {}

    /// Takes in one file; later files win. Throws on the first line that cannot be meant.
    package mutating func read(_ text: [UInt8], file: FilePath) throws(ConfigurationError) {
        for line in try ConfigurationText.assignments(in: text, file: file) {
            switch (line.section, line.key) {
            case ("Volumes", "Root"): try addRoot(line, file)
            case (let section, _) where section.hasPrefix("X-"): break
            default:
                let assignment = "[\(shown(line.section.utf8))] \(shown(line.key.utf8))="
                warnings.append("\(file.shown):\(line.number): \(assignment) is not known and has no effect")
            }
        }
    }

    private mutating func addRoot(_ line: ConfigurationText.Assignment, _ file: FilePath) throws(ConfigurationError) {
        guard !line.value.isEmpty else {
            roots = []
            return
        }
        guard let root = Self.root(line.value) else {
            throw ConfigurationError(
                file: file, line: line.number,
                reason: "Root= wants the absolute path of a directory, not \"\(shown(line.value))\"")
        }
        if !roots.contains(root) { roots.append(root) }
    }

    /// A volumes root as a person gives it: absolute, no NUL, no `..`, not `/` itself.
    package static func root(_ bytes: [UInt8]) -> FilePath? {
        guard bytes.first == 0x2F, let path = FilePath(bytes: bytes), !path.components.isEmpty,
            path.components.allSatisfy({ $0.kind == .regular })
        else { return nil }
        return path
    }
}
