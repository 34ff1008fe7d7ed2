// SPDX-License-Identifier: Apache-2.0

internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
internal import SystemPackage
internal import VolumeTrees

/// One run of the oneshot: every root, one after the other.
struct Run {
    private let options: Options

    init(_ options: Options) { self.options = options }

    /// The exit status.
    func run() -> CInt {
        let roots: [FilePath]
        do throws(ConfigurationError) {
            roots = options.roots.isEmpty ? try configuredRoots() : options.roots
        } catch {
            complain("\(error)")
            return 2
        }
        if let objection = options.namespace.objection {
            complain(objection)
            return 1
        }
        if options.emptiesTrash {
            // Not being able to step back is no reason not to clean up.
            try? ProcessControl.becomeIdle()
        }
        var isWell = true
        for root in roots where !handle(root) { isWell = false }
        return isWell ? 0 : 1
    }

    private func configuredRoots() throws(ConfigurationError) -> [FilePath] {
        let file = options.config ?? Configuration.path
        let configuration = try Configuration.load(file, isRequired: options.config != nil)
        for warning in configuration.warnings { complain(warning) }
        return configuration.volumeRoots
    }

    /// False when something in this root needs a person.
    private func handle(_ root: FilePath) -> Bool {
        do throws(KernelError) {
            guard let store = try VolumeStore.open(root) else {
                say("no volumes: \(root.shown) does not exist")
                return true
            }
            return options.emptiesTrash ? try emptyTrash(store) : reset(store)
        } catch {
            complain("\(error)")
            return false
        }
    }

    private func reset(_ store: VolumeStore) -> Bool {
        var reset = RootReset(scratch: probeScratch)
        reset.isRehearsal = options.isRehearsal
        return reset.run(store, say: say, complain: complain).isWell
    }

    private func emptyTrash(_ store: VolumeStore) throws(KernelError) -> Bool {
        let total = try TrashEmptying.run(store) { place, removal in
            if let failure = removal.failure {
                say("\(place): not all that was set aside could be removed: \(failure)")
            } else {
                say("\(place): removed what was set aside, \(removal.removed) names")
            }
        }
        say("\(total.removed) names set aside in \(store.path.shown) are removed")
        return total.failure == nil
    }
}

@Sendable private func say(_ text: String) { StandardOutput.write(text + "\n") }

private func complain(_ text: String) { StandardOutput.writeError("overlayd-reset: \(text)\n") }
