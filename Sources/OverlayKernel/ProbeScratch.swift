// SPDX-License-Identifier: Apache-2.0

internal import COverlay
internal import OverlayCore
internal import SystemPackage

/// The probe's own few directories: the layers every question begins and ends with, and the canary,
/// an overlay that is known to be alive, to test the probe with.
///
/// They lie on a tmpfs that is mounted nowhere, so nothing shows and nothing is left. Before Linux
/// 6.15 overlayfs refuses layers on such a mount; then a directory under /run serves.
struct ProbeScratch: ~Copyable {
    let directory: Directory
    private let cleanup: (parent: FilePath, name: EntryName)?

    static let lower = EntryName("lower")
    static let upper = EntryName("upper")
    static let work = EntryName("work")
    static let canaryLower = EntryName("canary-lower")
    static let canaryUpper = EntryName("canary-upper")
    static let canaryWork = EntryName("canary-work")

    private init(_ directory: consuming Directory, cleanup: (parent: FilePath, name: EntryName)?) {
        self.directory = directory
        self.cleanup = cleanup
    }

    static func make(_ place: InUseProbe.Place) throws(Errno) -> ProbeScratch {
        let scratch = try empty(place)
        for part in [lower, upper, work, canaryLower, canaryUpper, canaryWork] {
            try scratch.directory.make(part, mode: 0o700)
        }
        return scratch
    }

    private static func empty(_ place: InUseProbe.Place) throws(Errno) -> ProbeScratch {
        switch place {
        case .detached:
            let context = try Descriptor(taking: unsafe ovl_fsopen("tmpfs"))
            try value(unsafe ovl_fsconfig_string(context.number, "mode", "0700"))
            try value(ovl_fsconfig_create(context.number))
            return ProbeScratch(
                Directory(mount: try Descriptor(taking: ovl_fsmount(context.number))), cleanup: nil)
        case .under(let parent):
            let name = EntryName(prefix: EntryName("overlayd-probe."), number: Int(try ProcessControl.random()))
            let above = try Directory(path: parent)
            try above.make(name, mode: 0o700)
            return ProbeScratch(try above.open(name), cleanup: (parent, name))
        }
    }

    deinit {
        guard let cleanup, let parent = try? Directory(path: cleanup.parent) else { return }
        var buffer = EntryBuffer()
        _ = parent.removeTree(cleanup.name, buffer: &buffer)
    }
}
