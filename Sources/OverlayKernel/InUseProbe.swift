// SPDX-License-Identifier: Apache-2.0

internal import COverlay
package import OverlayCore
package import SystemPackage

/// Asks the kernel whether directories are the upper or workdir of an overlay that is alive anywhere:
/// mounted here, in another namespace only, or lazily detached and held by a descriptor.
///
/// The kernel marks both directories of every live overlay, and refuses an overlay with `index=on`
/// that has a marked directory among its lower layers. So the question is such an overlay: created,
/// never mounted, thrown away; it writes nothing to the directories it asks about. A marked directory
/// costs a line in the kernel log ("lowerdir is in-use as upperdir/workdir").
///
/// Blind spot: of two overlays on one upper the kernel's mark goes with the first. ``NamespaceScan``
/// sees the second; nothing is deleted unless both say free.
package final class InUseProbe {
    /// How layers are told to the kernel.
    package enum Form: CaseIterable, Sendable {
        /// By descriptor: Linux 6.13.
        case descriptors
        /// `lowerdir+` by name: Linux 6.5.
        case strings
        /// One colon list in `lowerdir`, of at most 255 bytes: any kernel with openat2(2).
        case list

        /// Two layers a volume; 500 is overlayfs' limit of layers, and one is ours.
        var volumesPerQuestion: Int { self == .list ? 5 : 240 }
    }

    /// Where the probe's own directories lie.
    package enum Place: Sendable {
        case detached
        case under(FilePath)
    }

    package enum Answer: Hashable, Sendable {
        case free
        case held
        case failed(Errno)
    }

    private let scratch: ProbeScratch
    private let form: Form
    private let canary: ProbeQuestion
    /// How many pairs of directories were made for questions of their own.
    private var pairs = 0

    /// Sets the probe up one way and sees it work: an overlay known to be alive must be found, and
    /// nothing else. Throws when this way does not work here.
    package init(_ form: Form, _ place: Place) throws(KernelError) {
        do {
            scratch = try ProbeScratch.make(place)
            self.form = form
            canary = try ProbeQuestion.begin(form, ProbeQuestion.canary, on: scratch)
            try canary.create(on: scratch)
        } catch {
            throw KernelError("set up", "the in-use probe", error)
        }
        let silence = ask(about: 0..<0) { _, _ throws(Errno) in }
        guard silence == .free else { throw .init("test", "the in-use probe on nothing", silence.errno) }
    }

    /// How it works here, in words.
    package var way: String {
        switch form {
        case .descriptors: "layers by descriptor"
        case .strings: "layers by name"
        case .list: "layers in a list, for kernels before 6.5"
        }
    }

    /// The first way that works here, in the order of cost; else why the first one did not.
    ///
    /// `fallback` is a directory for scratch where a detached tmpfs cannot serve.
    package static func firstThatWorks(fallback: FilePath) throws(KernelError) -> InUseProbe {
        var first: KernelError?
        for place in [Place.detached, .under(fallback)] {
            for form in Form.allCases {
                do throws(KernelError) {
                    let probe = try InUseProbe(form, place)
                    try probe.expectCanary(beside: probe.scratch.directory)
                    return probe
                } catch { first = first ?? error }
            }
        }
        throw first ?? KernelError("set up", "the in-use probe", .notSupported)
    }

    /// Sees that the canary is found beside a layer of the file system `directory` lies on: where
    /// that one has no file handles, or shares its UUID with another, overlayfs drops `index=on`
    /// without a word and every answer would be "free".
    package func expectCanary(beside directory: borrowing Directory) throws(KernelError) {
        let answer = askAlone { (question) throws(Errno) in
            try question.add(directory)
            try question.add(ProbeScratch.canaryUpper, in: self.scratch.directory)
        }
        guard answer == .held else {
            throw KernelError("see a live overlay with", "the in-use probe on this file system", answer.errno)
        }
    }

    /// The answer for each of `count` volumes; `layers` adds the directories of one to a question.
    package func answers(
        count: Int, _ layers: (Int, inout Question) throws(Errno) -> Void
    ) -> [Answer] {
        var answers = [Answer](repeating: .free, count: count)
        for start in stride(from: 0, to: count, by: form.volumesPerQuestion) {
            settle(start..<min(start + form.volumesPerQuestion, count), &answers, layers)
        }
        return answers
    }

    /// One question for all; where it is not "free", halves, until each answer has its volume.
    private func settle(
        _ range: Range<Int>, _ answers: inout [Answer], _ layers: (Int, inout Question) throws(Errno) -> Void
    ) {
        let answer = ask(about: range, layers)
        guard answer != .free else { return }
        guard range.count > 1 else {
            let index = range.lowerBound
            answers[index] =
                answer == .held ? askAlone { (question) throws(Errno) in try layers(index, &question) } : answer
            return
        }
        let middle = range.lowerBound + range.count / 2
        settle(range.lowerBound..<middle, &answers, layers)
        settle(middle..<range.upperBound, &answers, layers)
    }

    private func ask(
        about range: Range<Int>, _ layers: (Int, inout Question) throws(Errno) -> Void
    ) -> Answer {
        ask(with: ProbeQuestion.asking) { (question) throws(Errno) in
            for index in range { try layers(index, &question) }
        }
    }

    /// With an upper and a workdir that no question had before. While another thread starts a
    /// process, a copy of the last question lives in it from fork(2) to exec(2), and keeps the probe's
    /// own directories marked: then the kernel's EBUSY says nothing of what was asked about.
    private func askAlone(_ layers: (inout Question) throws(Errno) -> Void) -> Answer {
        pairs += 1
        var own = ProbeQuestion.asking
        own.upper = EntryName(prefix: EntryName("upper."), number: pairs)
        own.work = EntryName(prefix: EntryName("work."), number: pairs)
        defer {
            var buffer = EntryBuffer(size: 1024)
            for name in [own.upper, own.work] { _ = scratch.directory.removeTree(name, buffer: &buffer) }
        }
        do {
            for name in [own.upper, own.work] { try scratch.directory.make(name, mode: 0o700) }
        } catch {
            return .failed(error)
        }
        return ask(with: own, layers)
    }

    private func ask(
        with own: ProbeQuestion.ScratchLayers, _ layers: (inout Question) throws(Errno) -> Void
    ) -> Answer {
        do {
            var question = Question(try ProbeQuestion.begin(form, own, on: scratch))
            try layers(&question)
            try question.question.create(on: scratch)
            return .free
        } catch .resourceBusy {
            return .held
        } catch {
            return .failed(error)
        }
    }

    /// A question that is being put together.
    package struct Question: ~Copyable {
        fileprivate var question: ProbeQuestion
        fileprivate init(_ question: consuming ProbeQuestion) { self.question = question }

        /// Asks about the directory `name` too.
        package mutating func add(_ name: EntryName, in directory: borrowing Directory) throws(Errno) {
            try question.add(name, in: directory)
        }

        /// Asks about a directory that is open already.
        package mutating func add(_ directory: borrowing Directory) throws(Errno) { try question.add(directory) }
    }
}

extension InUseProbe.Answer {
    fileprivate var errno: Errno {
        switch self {
        case .failed(let errno): errno
        case .free: .notSupported
        case .held: .resourceBusy
        }
    }
}
