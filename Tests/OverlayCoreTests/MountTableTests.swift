// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

@Suite struct MountTableTests {
    /// proc(5)'s own line, and what docker-on-top's overlay looks like there.
    private static let example = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue"
    private static let overlay =
        #"1076 66 0:44 / /var/lib/docker-on-top/bs/mountpoint rw,relatime - overlay docker-on-top_bs "#
        + #"rw,lowerdir=/srv/ba\134se,upperdir=/var/lib/docker-on-top/bs/upper/,"#
        + #"workdir=/var/lib/docker-on-top/bs/workdir/,uuid=on"#

    private func parsed(_ line: String) -> MountRecord? { MountRecord(line: Array(line.utf8)[...]) }
    private func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    @Test func readsTheExampleOfTheManual() throws {
        let record = try #require(parsed(Self.example))
        #expect(record.id == 36)
        #expect(record.parent == 35)
        #expect(record.device == DeviceNumber(major: 98, minor: 0))
        #expect(text(record.point) == "/mnt2")
        #expect(text(record.type) == "ext3")
        #expect(text(record.source) == "/dev/root")
        #expect(text(record.options) == "rw,errors=continue")
        #expect(!record.isOverlay)
    }

    @Test func readsAnOverlayOfDockerOnTop() throws {
        let record = try #require(parsed(Self.overlay))
        #expect(record.isOverlay)
        #expect(text(record.source) == "docker-on-top_bs")
        #expect(text(record.option("lowerdir")) == #"/srv/ba\se"#)
        #expect(text(record.option("upperdir")) == "/var/lib/docker-on-top/bs/upper/")
        #expect(text(record.option("workdir")) == "/var/lib/docker-on-top/bs/workdir/")
        #expect(text(record.option("uuid")) == "on")
        #expect(record.option("rw") == nil)
        #expect(record.option("dir") == nil)
        #expect(record.option("upper") == nil)
    }

    @Test(arguments: ["", "shared:1 ", "shared:1 master:2 ", "shared:1 master:2 propagate_from:3 unbindable "])
    func optionalFieldsMayBeAnyNumber(fields: String) throws {
        let record = try #require(parsed("1 2 0:3 / /m rw \(fields)- tmpfs none rw,size=4k"))
        #expect(text(record.type) == "tmpfs")
        #expect(text(record.source) == "none")
        #expect(text(record.options) == "rw,size=4k")
    }

    @Test func theSourceMayBeEmpty() throws {
        let record = try #require(parsed("1 2 0:3 / /m rw - tmpfs  rw"))
        #expect(record.source.isEmpty)
        #expect(text(record.options) == "rw")
    }

    @Test(arguments: [
        (#"/a\040b"#, "/a b"), (#"/a\011b"#, "/a\tb"), (#"/a\012b"#, "/a\nb"), (#"/a\134b"#, #"/a\b"#),
        (#"/\134040"#, #"/\040"#), (#"\040\040"#, "  "), (#"/a\"#, #"/a\"#), (#"/a\04"#, #"/a\04"#),
        (#"/a\08x"#, #"/a\08x"#), (#"/a\\040"#, #"/a\ "#), ("", ""),
    ])
    func octalEscapesAreUndone(escaped: String, plain: String) {
        #expect(text(unescapedOctal(Array(escaped.utf8)[...])) == plain)
    }

    @Test func everyByteHasAnOctalEscape() {
        for byte in UInt8.min...UInt8.max {
            let digits = String(byte, radix: 8)
            let escaped = "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            #expect(unescapedOctal(Array(escaped.utf8)[...]) == [byte])
        }
        // More than a byte holds: no such escape is written, and none may trap.
        #expect(unescapedOctal(Array(#"\777"#.utf8)[...]).count == 1)
    }

    @Test func aCommaInAValueIsEscaped() {
        let options = Array(#"rw,lowerdir=/a\054b,upperdir=/u\040p,index=off"#.utf8)
        #expect(text(mountOption("lowerdir", in: options)) == "/a,b")
        #expect(text(mountOption("upperdir", in: options)) == "/u p")
        #expect(text(mountOption("index", in: options)) == "off")
        #expect(mountOption("upperdir", in: []) == nil)
        #expect(mountOption("upperdir", in: Array("upperdir=".utf8)) == [])
    }

    @Test(arguments: [
        "x", "36", "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 ext3 /dev/root rw",
        "36 35 98:0 / /m rw - ext3 /dev/root", "36 35 98:0 / /m rw a:1 b:2 - ext3", "36 35 98:0 / /m - ext3 /d rw x y",
        "-1 35 98:0 / /m rw - ext3 /d rw", "36 x 98:0 / /m rw - ext3 /d rw", " 35 98:0 / /m rw - ext3 /d rw",
        "36 35 98 / /m rw - ext3 /d rw", "36 35 98:0:1 / /m rw - ext3 /d rw", "36 35 98: / /m rw - ext3 /d rw",
        "36 35 4294967296:0 / /m rw - ext3 /d rw", "18446744073709551616 35 98:0 / /m rw - ext3 /d rw",
        "000000000000000000036 35 98:0 / /m rw - ext3 /d rw", "36\t35 98:0 / /m rw - ext3 /d rw",
    ])
    func aMalformedLineIsCountedAndPassedOver(line: String) {
        let table = MountTable(mountinfo: Array("\(Self.example)\n\(line)\n\(Self.overlay)\n".utf8))
        #expect(table.unreadableLines == 1)
        #expect(Set(table.records.keys) == [36, 1076])
        #expect(table.overlays.map(\.id) == [1076])
    }

    @Test func theLargestNumbersAreRead() throws {
        let record = try #require(parsed("18446744073709551615 0 4294967295:4294967295 / /m rw - ext3 /d rw"))
        #expect(record.id == UInt64.max)
        #expect(record.device == DeviceNumber(major: .max, minor: .max))
    }
}
