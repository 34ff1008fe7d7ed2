// SPDX-License-Identifier: Apache-2.0

/// What `metadata.json` says of a volume: docker-on-top's two fields, and one of ours.
///
///     {"BaseDirPath":"/srv/base","Volatile":false}
///
/// A base path that is not UTF-8 stands a second time as hexadecimal bytes in `BaseDirPathBytes`,
/// which docker-on-top ignores. Nothing rewrites a complete file, so fields of others stay.
package struct VolumeMetadata: Hashable, Sendable {
    /// The directory the volume lies on top of: an absolute path, any byte but NUL.
    package var base: [UInt8]
    /// Whether changes are thrown away at the next first mount.
    package var volatile: Bool

    /// A larger file is none of ours.
    package static let sizeLimit = 65_536

    package init(base: [UInt8], volatile: Bool) {
        self.base = base
        self.volatile = volatile
    }

    package init(parsing text: [UInt8]) throws(JSONObject.Malformed) {
        let object = try JSONObject(parsing: text)
        guard let path = object.string("BaseDirPath"), path.utf8.first == 0x2F else {
            throw JSONObject.Malformed(description: "BaseDirPath is not an absolute path")
        }
        let isTold = object["Volatile"].map { !$0.elementsEqual("null".utf8) } ?? false
        guard !isTold || object.bool("Volatile") != nil else {
            throw JSONObject.Malformed(description: "Volatile is neither true nor false")
        }
        volatile = object.bool("Volatile") ?? false
        if object["BaseDirPathBytes"] != nil {
            guard let hex = object.string("BaseDirPathBytes"), let bytes = Self.bytes(hex: hex), bytes.first == 0x2F,
                !bytes.contains(0)
            else {
                throw JSONObject.Malformed(description: "BaseDirPathBytes is not an absolute path in hexadecimal")
            }
            guard String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(path.utf8) else {
                throw JSONObject.Malformed(description: "BaseDirPath and BaseDirPathBytes are two different paths")
            }
            base = bytes
        } else {
            base = Array(path.utf8)
        }
        guard !base.contains(0) else { throw JSONObject.Malformed(description: "BaseDirPath holds a NUL") }
    }

    /// The file's content, as docker-on-top writes it: no spaces, no newline.
    package var text: [UInt8] {
        let path = String(decoding: base, as: UTF8.self)
        var text = "{\"BaseDirPath\":\(jsonQuoted(path)),\"Volatile\":\(volatile)"
        if !path.utf8.elementsEqual(base) { text += ",\"BaseDirPathBytes\":\"\(Self.hex(base))\"" }
        return Array((text + "}").utf8)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func bytes(hex: String) -> [UInt8]? {
        let digits = hex.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for pair in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[pair], let low = digits[pair + 1] else { return nil }
            bytes.append(UInt8(high * 16 + low))
        }
        return bytes
    }
}
