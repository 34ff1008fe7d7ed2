// SPDX-License-Identifier: Apache-2.0

package import OverlayCore
package import SystemPackage

/// The error that `body` ends with; nil when it succeeds. What is opened in it is closed in it, so
/// that nothing noncopyable has to pass through #expect.
package func failure(_ body: () throws -> Void) -> Errno? {
    do {
        try body()
        return nil
    } catch let error as Errno {
        return error
    } catch {
        fatalError("not an errno: \(error)")
    }
}

extension EntryName {
    /// A name that a test makes up while it runs.
    package init(test text: String) { self.init(test: Array(text.utf8)) }

    package init(test bytes: [UInt8]) {
        guard let name = EntryName(bytes: bytes) else { fatalError("no name: \(shown(bytes))") }
        self = name
    }
}

extension Scratch {
    /// A path in it, as a typed one.
    package func filePath(_ inside: String) -> FilePath { FilePath("\(path)/\(inside)") }
}
