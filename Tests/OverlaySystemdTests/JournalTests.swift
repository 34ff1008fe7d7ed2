// SPDX-License-Identifier: Apache-2.0

import OverlaySystemd
import Testing

@Suite struct JournalTests {
    @Test(arguments: [
        ("8:1234", Journal.StreamName(device: 8, inode: 1234)), ("0:0", .init(device: 0, inode: 0)),
        ("18446744073709551615:1", .init(device: .max, inode: 1)),
    ])
    func aStreamName(_ text: String, _ name: Journal.StreamName) {
        #expect(Journal.StreamName(text) == name)
    }

    @Test(arguments: ["", ":", "8", "8:", ":8", "8:9:10", "-1:2", "a:b", "8: 9", "18446744073709551616:1"])
    func noStreamName(_ text: String) {
        #expect(Journal.StreamName(text) == nil)
    }

    @Test func anEntry() {
        let notice = Notice(
            .volumeReset, "web: lost\nreset", [("OVERLAYD_VOLUME", "web"), ("ERRNO", nil), ("OVERLAYD_STATE", "")])
        #expect(
            Journal.assignments(notice, .volumeReset, identifier: "me") == [
                "MESSAGE=web: lost\nreset", "PRIORITY=6", "MESSAGE_ID=\(Event.volumeReset.messageID)",
                "SYSLOG_IDENTIFIER=me", "OVERLAYD_VOLUME=web", "OVERLAYD_STATE=",
            ])
    }

    @Test(
        arguments: [
            (false, [:], Palette.plain), (true, [:], .plain), (true, ["TERM": "xterm"], .coloured),
            (false, ["TERM": "xterm"], .plain), (true, ["TERM": "dumb"], .plain),
            (true, ["TERM": "xterm", "NO_COLOR": "1"], .plain), (true, ["TERM": "xterm", "NO_COLOR": ""], .coloured),
            (false, ["SYSTEMD_COLORS": "1"], .coloured),
            (false, ["SYSTEMD_COLORS": "256", "NO_COLOR": "1"], .coloured),
            (true, ["TERM": "xterm", "SYSTEMD_COLORS": "false"], .plain), (true, ["SYSTEMD_COLORS": "0"], .plain),
            (false, ["SYSTEMD_COLORS": "auto-16"], .plain),
            (true, ["SYSTEMD_COLORS": "auto-16", "TERM": "xterm"], .coloured),
        ] as [(Bool, [String: String], Palette)])
    func colours(_ isTerminal: Bool, _ variables: [String: String], _ palette: Palette) {
        #expect(Palette.choose(isTerminal: isTerminal) { variables[$0] } == palette)
    }

    @Test func colouredLines() {
        #expect(Palette.coloured.line("a", .info) == "a")
        #expect(Palette.coloured.line("a", .warning) == "\u{1B}[1;33ma\u{1B}[0m")
        #expect(Palette.plain.line("a", .error) == "a")
    }
}
