// SPDX-License-Identifier: Apache-2.0

internal import OverlayCore
internal import SystemPackage

extension NamespaceScan {
    /// What a thread sees: a namespace, from a root.
    private struct View: Hashable {
        var namespace: FileIdentity
        var root: FileIdentity
    }

    /// Every thread of every process: `docker cp` unshares a namespace in one thread alone, which
    /// shows only below /proc/PID/task.
    static func lookThroughProcesses() -> NamespaceSightings {
        var sightings = NamespaceSightings()
        var seen: Set<View> = []
        do {
            let own = try identity(ofPath: Array("/proc/self/ns/mnt".utf8))
            let processes = try Directory(path: "/proc")
            for process in try processes.numberedNames() {
                do {
                    let tasks = try processes.open(process).open(EntryName("task"))
                    for task in try tasks.numberedNames() { look(at: process, task, own, &seen, &sightings) }
                } catch {
                    note(error, process, in: &sightings)
                }
            }
        } catch {
            sightings.incomplete = "/proc cannot be read: \(error)"
        }
        return sightings
    }

    /// A thread that ended says nothing of the others of its process, which may go on without it.
    private static func look(
        at process: EntryName, _ task: EntryName, _ own: FileIdentity, _ seen: inout Set<View>,
        _ sightings: inout NamespaceSightings
    ) {
        let path = "/proc/\(process)/task/\(task)"
        do {
            let namespace = try identity(ofPath: Array("\(path)/ns/mnt".utf8))
            // mountinfo shows only what lies below the thread's root: one that is chrooted does not
            // speak for its whole namespace.
            let view = View(namespace: namespace, root: try identity(ofPath: Array("\(path)/root".utf8)))
            guard !seen.contains(view) else { return }
            let text = try contents(of: FilePath("\(path)/mountinfo"), limit: mountTableLimit)
            seen.insert(view)
            add(MountTable(mountinfo: text), namespace, isOwn: namespace == own, to: &sightings)
        } catch {
            note(error, process, in: &sightings)
        }
    }

    /// A process that ends while it is looked at takes its namespace with it, or leaves it to others
    /// that are looked at too.
    private static func note(_ errno: Errno, _ process: EntryName, in sightings: inout NamespaceSightings) {
        switch errno {
        case .noSuchFileOrDirectory, .noSuchProcess: break
        default: sightings.incomplete = "the mount namespace of process \(process) cannot be read: \(errno)"
        }
    }

    private static func add(
        _ table: MountTable, _ namespace: FileIdentity, isOwn: Bool, to sightings: inout NamespaceSightings
    ) {
        sightings.namespaces += 1
        if table.unreadableLines > 0 {
            sightings.incomplete = "\(table.unreadableLines) lines of a mount table are not understood"
        }
        for record in table.overlays {
            sightings.overlays.append(
                OverlaySighting(
                    namespace: namespace.inode, isOwnNamespace: isOwn, device: record.device, point: record.point,
                    source: record.source, upper: record.option("upperdir")))
        }
    }
}

extension Directory {
    /// The entries that are numbers: processes, threads.
    fileprivate borrowing func numberedNames() throws(Errno) -> [EntryName] {
        var names: [EntryName] = []
        var buffer = EntryBuffer()
        try forEachEntry(&buffer) { entry in
            if entry.nameBytes.allSatisfy({ (0x30...0x39).contains($0) }), let name = entry.name { names.append(name) }
            return true
        }
        return names
    }
}
