// SPDX-License-Identifier: Apache-2.0

internal import OverlayAgent
internal import OverlayCore
internal import SystemPackage

/// The oneshot's command line. Read by hand: an argument parser would bring Foundation along, which
/// costs more at boot than all the rest.
struct Options: Equatable {
    enum Fault: Error, Equatable {
        case usage(String)
    }

    enum Request: Equatable {
        case run(Options)
        case help
        case version
    }

    var config: FilePath?
    var roots: [FilePath] = []
    var namespace = NamespacePolicy.host
    var isRehearsal = false
    var emptiesTrash = false

    /// `--name value` and `--name=value`; values are bytes, for paths.
    static func parse(_ arguments: some Collection<[UInt8]>) throws(Fault) -> Request {
        var options = Options()
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(decoding: parts[0], as: UTF8.self)
            var given: [UInt8]? = parts.count == 2 ? Array(parts[1]) : nil
            func value() throws(Fault) -> [UInt8] {
                given = given ?? rest.popFirst()
                guard let given, !given.isEmpty else { throw .usage("\(name) wants a value") }
                return given
            }
            switch name {
            case "--config": options.config = try path(try value(), name)
            case "--volumes-root": options.roots.append(try root(try value()))
            case "--namespace": options.namespace = try namespace(try value())
            case "--dry-run": options.isRehearsal = true
            case "--empty-trash": options.emptiesTrash = true
            case "--help", "-h": return .help
            case "--version": return .version
            default: throw .usage("\(shown(argument)) is not known")
            }
            let takesValue = ["--config", "--volumes-root", "--namespace"].contains(name)
            guard takesValue || given == nil else { throw .usage("\(name) takes no value") }
        }
        if options.isRehearsal, options.emptiesTrash { throw .usage("--dry-run does not go with --empty-trash") }
        return .run(options)
    }

    private static func path(_ bytes: [UInt8], _ name: String) throws(Fault) -> FilePath {
        guard let path = FilePath(bytes: bytes) else { throw .usage("\(name) wants a path") }
        return path
    }

    private static func root(_ bytes: [UInt8]) throws(Fault) -> FilePath {
        guard let root = Configuration.root(bytes) else {
            throw .usage("--volumes-root wants the absolute path of a directory, not \"\(shown(bytes))\"")
        }
        return root
    }

    private static func namespace(_ bytes: [UInt8]) throws(Fault) -> NamespacePolicy {
        guard let policy = NamespacePolicy(rawValue: String(decoding: bytes, as: UTF8.self)) else {
            throw .usage("--namespace is host or self")
        }
        return policy
    }

    static let help = """
        Usage: overlayd-reset [OPTION]...
        Bring every volume tree back to "not mounted": at boot, before anything mounts one.

        A mounted volume is left exactly as it is. What containers wrote (upper/) and
        metadata.json are never touched.

          --config FILE         read FILE and FILE.d/*.conf, not /etc/overlayd/overlayd.conf
          --volumes-root DIR    reset the volumes in DIR, not in the configured roots;
                                may be given more than once
          --dry-run             say what would be done, and do nothing
          --empty-trash         remove what earlier resets set aside, at idle priority,
                                and nothing else
          --namespace host|self where it may run: only in the mount namespace of pid 1
                                (host, the default), or wherever it is (self)
          -h, --help            print this
          --version             print the version

        Exit status: 0 every tree is clean or in use; 1 some tree needs a person;
        2 wrong usage, an unreadable configuration, or a root or mount namespace
        that it cannot work in.

        See also: overlayctl status, overlayctl plan

        """
}
