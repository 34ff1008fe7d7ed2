// SPDX-License-Identifier: Apache-2.0

/// The options a volume is created with, as `docker volume create -o KEY=VALUE` gives them.
///
/// Names and error texts are docker-on-top's. A base may hold any byte but NUL: the original refuses
/// commas and colons, which it cannot pass to mount(2).
package enum VolumeOptions {
    package enum Fault: Error, Equatable, CustomStringConvertible {
        case unknown(String)
        case baseMissing
        case baseRelative
        case baseWithNUL
        case baseTooLong
        case volatileUnclear

        package var description: String {
            switch self {
            case .unknown(let key): "Invalid option \(key)"
            case .baseMissing:
                "`base` option must be provided and set to an absolute path to the base directory on host"
            case .baseRelative: "`base` must be an absolute path"
            case .baseWithNUL: "`base` cannot contain a NUL byte"
            case .baseTooLong: "`base` is longer than 4095 bytes, which no path can be"
            case .volatileUnclear: "option `volatile` must be either 'true', 'false', 'yes', or 'no'"
            }
        }
    }

    package static func metadata(from options: [(key: String, value: [UInt8])]) throws(Fault) -> VolumeMetadata {
        var base: [UInt8]?
        var volatile = false
        for (key, value) in options {
            switch key {
            case "base": base = value
            case "volatile": volatile = try flag(value)
            default: throw .unknown(shown(key.utf8))
            }
        }
        guard let base, !base.isEmpty else { throw .baseMissing }
        guard base.first == 0x2F else { throw .baseRelative }
        guard !base.contains(0) else { throw .baseWithNUL }
        guard base.count < 4096 else { throw .baseTooLong }
        return VolumeMetadata(base: base, volatile: volatile)
    }

    private static func flag(_ value: [UInt8]) throws(Fault) -> Bool {
        switch String(decoding: value, as: UTF8.self).lowercased() {
        case "true", "yes": true
        case "false", "no": false
        default: throw .volatileUnclear
        }
    }
}
