// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

/// Mounts upon mounts, and texts that no kernel writes.
extension MountTableTests {
    private static func table(_ mounts: [(id: Int, parent: Int, point: String)]) -> MountTable {
        let lines = mounts.map { "\($0.id) \($0.parent) 0:\($0.id) / \($0.point) rw - overlay o rw\n" }
        return MountTable(mountinfo: Array(lines.joined().utf8))
    }

    @Test func aStackIsWhatOneMountpointCovers() {
        let table = Self.table([(1, 1, "/"), (20, 1, "/m"), (30, 20, "/m"), (40, 30, "/m"), (50, 1, "/other")])
        #expect(table.stack(from: 40).map(\.id) == [40, 30, 20])
        #expect(table.stack(from: 30).map(\.id) == [30, 20])
        #expect(table.stack(from: 20).map(\.id) == [20])
        #expect(table.stack(from: 50).map(\.id) == [50])
        #expect(table.stack(from: 99).isEmpty)
    }

    @Test func aMountBelowACoveredOneIsNotOfTheStack() {
        // A child of a covered mount: out of reach by path, and no layer of /m.
        let table = Self.table([(1, 1, "/"), (20, 1, "/m"), (25, 20, "/m/sub"), (30, 20, "/m")])
        #expect(table.stack(from: 30).map(\.id) == [30, 20])
        #expect(table.stack(from: 25).map(\.id) == [25])
    }

    @Test func theRootMayBeItsOwnParent() {
        #expect(Self.table([(1, 1, "/")]).stack(from: 1).map(\.id) == [1])
        #expect(Self.table([(1, 0, "/"), (2, 1, "/")]).stack(from: 2).map(\.id) == [2, 1])
    }

    /// No kernel writes one; a text might.
    @Test func aCycleEnds() {
        let table = Self.table([(2, 3, "/m"), (3, 2, "/m")])
        let stack = table.stack(from: 2).map(\.id)
        #expect(stack.starts(with: [2, 3]))
        #expect(stack.count <= table.records.count)
    }

    @Test func theLaterLineOfAnIdStands() {
        let table = Self.table([(2, 1, "/old"), (2, 1, "/new")])
        #expect(table.records[2]?.point == Array("/new".utf8))
        #expect(table.records.count == 1)
    }

    @Test func emptyTextsAreEmptyTables() {
        for text in ["", "\n", "\n\n"] {
            let table = MountTable(mountinfo: Array(text.utf8))
            #expect(table.records.isEmpty && table.unreadableLines == 0)
        }
    }

    /// Cut anywhere, a text gives each line either as it is or, for the last, shorter or not at all.
    @Test func aTextMayEndAnywhere() {
        let text = Array(
            """
            21 26 0:20 / /sys rw,nosuid - sysfs sysfs rw
            36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue
            41 36 0:44 / /mnt2/a\\040b rw - overlay o rw,lowerdir=/l\\134,upperdir=/u/,workdir=/w/

            """.utf8)
        let whole = MountTable(mountinfo: text)
        #expect(whole.records.count == 3)
        for length in 0...text.count {
            let table = MountTable(mountinfo: Array(text.prefix(length)))
            let ended = text.prefix(length).count { $0 == 0x0A }
            #expect((ended...ended + 1).contains(table.records.count + table.unreadableLines), "cut at \(length)")
            #expect(table.records.values.count { whole.records[$0.id] == $0 } >= ended, "cut at \(length)")
        }
    }

    @Test func mutatedTextsAreReadOrPassedOver() {
        var random = Seeded(0x6D6F_756E_7469_6E66)
        let line = "36 35 98:0 /mnt1 /mnt2 rw master:1 - overlay o rw,upperdir=/u\\134\\040/,workdir=/w"
        let text = Array("\(line)\n\(line)\n".utf8)
        let alphabet = Array(" :-,=\\0179\n".utf8) + [0x00, 0xFF]
        for _ in 0..<10_000 {
            let table = MountTable(mountinfo: random.mutation(of: text, alphabet: alphabet))
            for record in table.overlays {
                _ = record.option("upperdir")
                _ = table.stack(from: record.id)
            }
        }
    }
}
