// SPDX-License-Identifier: Apache-2.0

internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
internal import OverlaySystemd
internal import SystemPackage
internal import VolumeTrees

/// One run of the oneshot: every root, one after the other.
struct Run {
    /// How a run ends, and the exit status for it; of several the worst counts.
    enum End: CInt, Comparable {
        case well = 0
        /// Some tree needs a person.
        case needsPerson = 1
        /// It could not work at all: here, or in one of the roots.
        case unable = 2

        static func < (one: End, other: End) -> Bool { one.rawValue < other.rawValue }
    }

    private let options: Options
    private let log: Log

    init(_ options: Options, _ log: Log) {
        self.options = options
        self.log = log
    }

    func run() -> End {
        let roots: [FilePath]
        do throws(ConfigurationError) {
            let configuration = options.roots.isEmpty ? try loadConfiguration() : nil
            for warning in configuration?.warnings ?? [] { log.tell(.configurationDoubtful, warning) }
            roots = configuration?.volumeRoots ?? options.roots
        } catch {
            log.tell(.configurationUnreadable, "\(error)")
            return .unable
        }
        if let objection = options.namespace.objection {
            log.tell(.wrongNamespace, objection)
            return .unable
        }
        if options.emptiesTrash {
            // Not being able to step back is no reason not to clean up.
            try? ProcessControl.becomeIdle()
        }
        return roots.map(handle).max() ?? .well
    }

    private func loadConfiguration() throws(ConfigurationError) -> Configuration {
        try Configuration.load(options.config ?? Configuration.path, isRequired: options.config != nil)
    }

    private func handle(_ root: FilePath) -> End {
        do throws(KernelError) {
            guard let store = try VolumeStore.open(root) else {
                log.tell(.rootAbsent, "no volumes: \(root.shown) does not exist", [("OVERLAYD_ROOT", root.shown)])
                return .well
            }
            return options.emptiesTrash ? emptyTrash(store) : reset(store)
        } catch {
            return unusable(root, error)
        }
    }

    private func unusable(_ root: FilePath, _ error: KernelError) -> End {
        log.tell(
            .rootUnusable, "\(error)", [("OVERLAYD_ROOT", root.shown), ("ERRNO", "\(error.errno.rawValue)")])
        return .unable
    }

    private func reset(_ store: VolumeStore) -> End {
        var reset = RootReset(scratch: probeScratch)
        reset.isRehearsal = options.isRehearsal
        let result = reset.run(store, log: log)
        return result.failure != nil ? .unable : result.isWell ? .well : .needsPerson
    }

    private func emptyTrash(_ store: VolumeStore) -> End {
        let root = store.path.shown
        let total: Removal
        do {
            total = try TrashEmptying.run(store) { place, removal in tell(place, removal, root) }
        } catch {
            return unusable(store.path, error)
        }
        log.tellWhatWasLeftOut()
        let sum =
            total.removed == 0 && total.failure == nil
            ? "nothing is set aside in \(root)"
            : counted(total.removed, "name set aside in \(root) is removed", "names set aside in \(root) are removed")
        log.tell(.trashEmptied, sum, [("OVERLAYD_ROOT", root), ("OVERLAYD_REMOVED", "\(total.removed)")])
        return total.failure == nil ? .well : .needsPerson
    }

    private func tell(_ place: String, _ removal: Removal, _ root: String) {
        let fields = [("OVERLAYD_ROOT", root), ("OVERLAYD_VOLUME", place), ("OVERLAYD_REMOVED", "\(removal.removed)")]
            .map { (name: $0, value: Optional($1)) }
        if let failure = removal.failure {
            log.tell(.trashKept, "\(place): not all that was set aside could be removed: \(failure)", fields)
        } else {
            let names = counted(removal.removed, "name")
            log.tell(.trashEmptied, "\(place): removed what was set aside, \(names)", fields)
        }
    }
}
