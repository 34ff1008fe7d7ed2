// SPDX-License-Identifier: Apache-2.0

internal import COverlay
internal import OverlayCore
internal import SystemPackage

/// One overlay that is configured and never mounted. Creating its superblock asks the kernel whether
/// any of its lower layers is the upper or workdir of a live overlay.
struct ProbeQuestion: ~Copyable {
    private let context: Descriptor
    private let form: InUseProbe.Form
    private let scratch: ScratchLayers
    /// Form `.list` keeps them open until the kernel has read their names.
    private var listed: [OpenLayer] = []

    struct ScratchLayers {
        var lower: EntryName
        var upper: EntryName
        var work: EntryName
        var index: Bool
    }

    static let asking = ScratchLayers(
        lower: ProbeScratch.lower, upper: ProbeScratch.upper, work: ProbeScratch.work, index: true)
    static let canary = ScratchLayers(
        lower: ProbeScratch.canaryLower, upper: ProbeScratch.canaryUpper, work: ProbeScratch.canaryWork, index: false)

    private init(_ form: InUseProbe.Form, _ layers: ScratchLayers, _ context: consuming Descriptor) {
        self.form = form
        self.scratch = layers
        self.context = context
    }

    /// A question with the scratch's lower layer, which is always first: with index=on the upper
    /// remembers the lower it was first used with.
    static func begin(
        _ form: InUseProbe.Form, _ layers: ScratchLayers, on scratch: borrowing ProbeScratch
    ) throws(Errno) -> ProbeQuestion {
        var question = ProbeQuestion(form, layers, try Descriptor(taking: unsafe ovl_fsopen("overlay")))
        try question.add(layers.lower, in: scratch.directory)
        return question
    }

    /// One more lower layer.
    mutating func add(_ name: EntryName, in directory: borrowing Directory) throws(Errno) {
        let layer = try directory.point(at: name)
        if form == .list { listed.append(OpenLayer(layer)) } else { try set("lowerdir+", to: layer) }
    }

    /// The same for a directory that is open already.
    mutating func add(_ directory: borrowing Directory) throws(Errno) {
        guard form == .list else { return try set("lowerdir+", to: directory.descriptor) }
        // The list keeps its layers open by itself.
        let path = path(of: directory.descriptor)
        listed.append(OpenLayer(try Descriptor(taking: unsafe ovl_openat2(OVL_AT_FDCWD, path, Self.pointing, 0, 0))))
    }

    private static let pointing = UInt64(OVL_O_PATH | OVL_O_DIRECTORY | OVL_O_CLOEXEC)

    /// Creates the superblock. EBUSY: a layer is in use (with index=on, Linux 5.2).
    borrowing func create(on scratch: borrowing ProbeScratch) throws(Errno) {
        if form == .list {
            let names = listed.map { path(of: $0.layer) }.joined(separator: ":")
            try value(unsafe ovl_fsconfig_string(context.number, "lowerdir", names))
        }
        let upper = try scratch.directory.point(at: self.scratch.upper)
        let work = try scratch.directory.point(at: self.scratch.work)
        try set("upperdir", to: upper)
        try set("workdir", to: work)
        try value(unsafe ovl_fsconfig_string(context.number, "index", self.scratch.index ? "on" : "off"))
        try value(ovl_fsconfig_create(context.number))
    }

    private borrowing func set(_ key: String, to layer: borrowing Descriptor) throws(Errno) {
        if form == .descriptors {
            try value(unsafe ovl_fsconfig_descriptor(context.number, key, layer.number))
        } else {
            try value(unsafe ovl_fsconfig_string(context.number, key, path(of: layer)))
        }
    }

    /// A link to the very directory that was opened, whatever its path is by now.
    private borrowing func path(of layer: borrowing Descriptor) -> String { "/proc/self/fd/\(layer.number)" }
}

/// A place for a descriptor in an array.
private final class OpenLayer {
    let layer: Descriptor
    init(_ layer: consuming Descriptor) { self.layer = layer }
}
