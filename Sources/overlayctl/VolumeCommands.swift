// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import OverlayAgent
internal import OverlayCore
internal import OverlayKernel
internal import SystemPackage
internal import VolumeTrees

struct Volume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list, inspect and remove volumes.",
        subcommands: [Create.self, List.self, Inspect.self, Remove.self])

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a copy-on-write volume on top of a directory.",
            discussion: "For example: overlayctl volume create web -o base=/srv/www")

        @OptionGroup var options: GlobalOptions

        @Option(
            name: [.customShort("o"), .customLong("opt")],
            help: ArgumentHelp(
                "base=DIR, the directory below (required); volatile=true to throw changes away at each mount.",
                valueName: "key=value"))
        var settings: [String] = []

        @Flag(help: "Complete a volume whose creation was cut short.") var finish = false
        @Argument(help: "Letters, digits, _ . - ; the first a letter or digit.") var name: String

        func run() throws {
            let name = try volumeName(name)
            let metadata: VolumeMetadata
            do { metadata = try VolumeOptions.metadata(from: settings.map(setting)) } catch {
                throw CommandFailure.wrongUsage("\(error)")
            }
            let requests = VolumeRequests(try VolumeStore.openOrMake(try options.firstRoot()))
            do {
                if finish { try requests.finish(name, metadata) } else { try requests.create(name, metadata) }
            } catch {
                throw CommandFailure.failed("\(name): \(error)")
            }
            say(name.description)
        }

        private func setting(_ text: String) -> (key: String, value: [UInt8]) {
            let bytes = ArgumentBytes.bytes(text)
            let parts = bytes.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            return (String(decoding: parts[0], as: UTF8.self), parts.count == 2 ? Array(parts[1]) : [])
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls", abstract: "List the volumes.", aliases: ["list"])

        @OptionGroup var options: GlobalOptions
        @OptionGroup var listing: ListingOptions

        func run() throws {
            let rows = try options.rows()
            if let form = listing.json { return say(try json(rows, form)) }
            var table = Table(heading: listing.noLegend ? nil : ["VOLUME", "BASE", "VOLATILE"])
            for row in rows {
                table.add([row.name, row.shownBase, row.volatile == true ? "yes" : "no"])
            }
            if !table.text.isEmpty { say(table.text) }
        }
    }

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all that is known of volumes, as JSON.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "The volumes.") var names: [String]

        func run() throws {
            let stores = try options.stores()
            var rows: [InspectRow] = []
            var missing = false
            for name in try names.map(volumeName) {
                if let row = try inspect(name, stores) {
                    rows.append(row)
                } else {
                    complain("\(name): \(VolumeRequests.Failure.noSuchVolume)")
                    missing = true
                }
            }
            say(try json(rows, .pretty))
            if missing { throw CommandFailure.silent }
        }

        private func inspect(_ name: VolumeName, _ stores: [VolumeStore]) throws -> InspectRow? {
            for store in stores {
                let sights = try Survey.look(at: store, only: [name])
                guard let sight = sights.first, sight.failure?.errno != .noSuchFileOrDirectory else { continue }
                return InspectRow(sight, root: store.path)
            }
            return nil
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove volumes nothing uses, with all that was written to them.")

        @OptionGroup var options: GlobalOptions
        @Flag(name: [.short, .long], help: "A volume that does not exist is no error.") var force = false
        @Argument(help: "The volumes.") var names: [String]

        func run() throws {
            let stores = try options.stores()
            var isWell = true
            for name in try names.map(volumeName) where !remove(name, stores) { isWell = false }
            if !isWell { throw CommandFailure.silent }
        }

        private func remove(_ name: VolumeName, _ stores: [VolumeStore]) -> Bool {
            for store in stores {
                do throws(VolumeRequests.Failure) {
                    let aside = try VolumeRequests(store).remove(name)
                    say(name.description)
                    return empty(aside, of: name, store)
                } catch {
                    if case .noSuchVolume = error { continue }
                    complain("\(name): \(error)")
                    return false
                }
            }
            if !force { complain("\(name): \(VolumeRequests.Failure.noSuchVolume)") }
            return force
        }

        /// The volume is gone; this gives its space back, and may be cut short.
        private func empty(_ aside: EntryName, of name: VolumeName, _ store: VolumeStore) -> Bool {
            if StandardOutput.isTerminal { StandardOutput.writeError("emptying what \(name) held ...\r") }
            var buffer = EntryBuffer()
            let removal = store.emptyLeftBehind(aside, &buffer)
            if StandardOutput.isTerminal { StandardOutput.writeError("\u{1B}[K") }
            guard let failure = removal.failure else { return true }
            complain("\(name): removed, but not all it held could be: \(failure)")
            return false
        }
    }
}
