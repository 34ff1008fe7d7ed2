// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
internal import OverlayKernel
package import SystemPackage

extension Configuration {
    /// Reads `file` and, after it, `file.d/*.conf` in the order of their names.
    ///
    /// A main file that is absent means defaults, unless a person named it (`isRequired`).
    package static func load(_ file: FilePath, isRequired: Bool) throws(ConfigurationError) -> Configuration {
        var configuration = Configuration()
        if let text = try read(file) {
            try configuration.read(text, file: file)
        } else if isRequired {
            throw ConfigurationError(file: file, reason: "there is no such file")
        }
        for dropIn in try dropIns(of: file) {
            guard let text = try read(dropIn) else { continue }
            try configuration.read(text, file: dropIn)
        }
        return configuration
    }

    private static func read(_ file: FilePath) throws(ConfigurationError) -> [UInt8]? {
        do {
            return try contents(of: file, limit: ConfigurationText.sizeLimit)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch .fileTooLarge {
            throw ConfigurationError(file: file, reason: "it is larger than \(ConfigurationText.sizeLimit) bytes")
        } catch {
            throw ConfigurationError(file: file, reason: "it cannot be read: \(error)")
        }
    }

    private static func dropIns(of file: FilePath) throws(ConfigurationError) -> [FilePath] {
        guard let path = FilePath(bytes: file.bytes + Array(".d".utf8)) else { return [] }
        var names: [EntryName] = []
        do {
            let directory = try Directory(path: path.appending("."))
            var buffer = EntryBuffer()
            try directory.forEachEntry(&buffer) { entry in
                if entry.kind != .directory, entry.nameBytes.suffix(5).elementsEqual(".conf".utf8),
                    entry.nameBytes.first != 0x2E,
                    let name = entry.name
                {
                    names.append(name)
                }
                return true
            }
        } catch .noSuchFileOrDirectory {
            return []
        } catch {
            throw ConfigurationError(file: path, reason: "it cannot be read: \(error)")
        }
        return names.sorted().compactMap { FilePath(bytes: path.bytes + [0x2F] + $0.bytes) }
    }
}
