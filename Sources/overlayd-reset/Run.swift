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
            roots = options.roots.isEmpty ? try configuredRoots() : options.roots
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

    private func configuredRoots() throws(ConfigurationError) -> [FilePath] {
        let file = options.config ?? Configuration.path
        let configuration = try Configuration.load(file, isRequired: options.config != nil)
        for warning in configuration.warnings { log.tell(.configurationDoubtful, warning) }
        return configuration.volumeRoots
    }

    private func handle(_ root: FilePath) -> End {
        let field = ("OVERLAYD_ROOT", Optional(root.shown))
        do throws(KernelError) {
            guard let store = try VolumeStore.open(root) else {
                log.tell(.rootAbsent, "no volumes: \(root.shown) does not exist", [field])
                return .well
            }
            return options.emptiesTrash ? try emptyTrash(store) : reset(store)
        } catch {
            log.tell(.rootUnusable, "\(error)", [field, ("ERRNO", "\(error.errno.rawValue)")])
            return .unable
        }
    }

    private func reset(_ store: VolumeStore) -> End {
        var reset = RootReset(scratch: probeScratch)
        reset.isRehearsal = options.isRehearsal
        let result = reset.run(store, log: log)
        return result.failure != nil ? .unable : result.isWell ? .well : .needsPerson
    }

    private func emptyTrash(_ store: VolumeStore) throws(KernelError) -> End {
        let root = ("OVERLAYD_ROOT", Optional(store.path.shown))
        let total = try TrashEmptying.run(store) { place, removal in
            let fields = [root, ("OVERLAYD_VOLUME", place), ("OVERLAYD_REMOVED", "\(removal.removed)")]
            if let failure = removal.failure {
                log.tell(.trashKept, "\(place): not all that was set aside could be removed: \(failure)", fields)
            } else {
                log.tell(
                    .trashEmptied, "\(place): removed what was set aside, \(counted(removal.removed, "name"))", fields)
            }
        }
        log.tellWhatWasLeftOut()
        log.tell(
            .trashEmptied,
            counted(
                total.removed, "name set aside in \(store.path.shown) is removed",
                "names set aside in \(store.path.shown) are removed"),
            [root, ("OVERLAYD_REMOVED", "\(total.removed)")])
        return total.failure == nil ? .well : .needsPerson
    }
}
