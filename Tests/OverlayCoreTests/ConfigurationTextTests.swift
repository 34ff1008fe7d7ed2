// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import SystemPackage
import Testing

@Suite struct ConfigurationTextTests {
    private static let file: FilePath = "/etc/overlayd/overlayd.conf"

    /// Each assignment as one line: `line [section] key=value`.
    private func read(_ text: String) throws -> [String] {
        try ConfigurationText.assignments(in: Array(text.utf8), file: Self.file).map {
            "\($0.number) [\($0.section)] \($0.key)=\(String(decoding: $0.value, as: UTF8.self))"
        }
    }

    @Test(arguments: [
        ("", []),
        ("\n \n\t\n", []),
        ("# [A]\n;B=1\n  # indented\n", []),
        ("[Volumes]", []),
        ("[Volumes]\nRoot=/srv", ["2 [Volumes] Root=/srv"]),
        ("[A]\nx=1\n[B]\nx=2\n[A]\nx=3\n", ["2 [A] x=1", "4 [B] x=2", "6 [A] x=3"]),
        ("  [A]  \n \t x \t = \t 1 2 \t \n", ["2 [A] x=1 2"]),
        ("[A]\nx=\n", ["2 [A] x="]),
        ("[A]\nx=a=b\n", ["2 [A] x=a=b"]),
        // A comment starts a line; within one it is part of the value.
        ("[A]\nx=1 # not a comment\n", ["2 [A] x=1 # not a comment"]),
        ("[A B]\nx=[1]\n", ["2 [A B] x=[1]"]),
        ("[A]\n#x=1\n\nx=2", ["4 [A] x=2"]),
        ("[A]\nx=1\nx=1\n", ["2 [A] x=1", "3 [A] x=1"]),
    ])
    func reads(text: String, assignments: [String]) throws {
        #expect(try read(text) == assignments)
    }

    /// From systemd.syntax(7): the backslash becomes a space, comments between are passed over.
    @Test(arguments: [
        ("[A]\nx=1\\\n2\ny=3\n", ["2 [A] x=1 2", "4 [A] y=3"]),
        ("[A]\nx=1 \\\n   2\\\n\t3\n", ["2 [A] x=1  2 3"]),
        ("[A]\nx=1\\\n# between\n; and between\n2\n", ["2 [A] x=1 2"]),
        ("[A]\nx=1\\\n\n2=3\n", ["2 [A] x=1", "4 [A] 2=3"]),
        ("[A]\nx=\\\n1\n", ["2 [A] x=1"]),
        ("[A]\nx\\\n=1\n", ["2 [A] x=1"]),
        ("[A]\nx=1\\", ["2 [A] x=1"]),
        ("[A]\nx=1\\\n", ["2 [A] x=1"]),
        ("[A]\nx=1\\\n# the end", ["2 [A] x=1"]),
        ("[A]\n\\\n\\\nx=1\n", ["2 [A] x=1"]),
        ("\\\n", []),
    ])
    func continues(text: String, assignments: [String]) throws {
        #expect(try read(text) == assignments)
    }

    @Test func lineEndsOfWindowsMeanTheSame() throws {
        let text = "[A]\nx=1\\\n2\n\n# c\ny=3\n"
        #expect(try read(text.replacing("\n", with: "\r\n")) == read(text))
    }

    @Test func valuesAreBytes() throws {
        let text = Array("[A]\nx=/caf".utf8) + [0xE9, 0x0A]
        let found = try ConfigurationText.assignments(in: text, file: Self.file)
        #expect(found.map(\.value) == [Array("/caf".utf8) + [0xE9]])
    }

    @Test(arguments: [
        ("[A]\nnonsense\n", 2, #"neither a [Section] nor Key=Value: "nonsense""#),
        ("x=1\n", 1, "x= stands before the first [Section]"),
        ("\n\n[]\n", 3, #"a section looks like [Volumes], not "[]""#),
        ("[A\nx=1\n", 1, #"a section looks like [Volumes], not "[A""#),
        ("[A] x\n", 1, #"a section looks like [Volumes], not "[A] x""#),
        ("[A]\n=1\n", 2, "no key before the ="),
        ("[A]\n = 1\n", 2, "no key before the ="),
        ("[A]\nx=\u{0}\n", 2, "a NUL byte; this is no text file"),
        ("\u{0}", 1, "a NUL byte; this is no text file"),
        // The line that begins it is the one a person looks for.
        ("[A]\n# c\nno\\\nkey\ny=1\n", 3, #"neither a [Section] nor Key=Value: "no key""#),
        ("[A]\na\u{1B}[2Jb\n", 2, #"neither a [Section] nor Key=Value: "a\x1b[2Jb""#),
    ])
    func saysWhatIsWrongAndWhere(text: String, line: Int, reason: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        #expect(error == ConfigurationError(file: Self.file, line: line, reason: reason))
        #expect(error?.description == "/etc/overlayd/overlayd.conf:\(line): \(reason)")
    }

    @Test func anErrorOfTheWholeFileNamesNoLine() {
        let error = ConfigurationError(file: "/etc/x.conf", reason: "larger than 1 MiB")
        #expect(error.description == "/etc/x.conf: larger than 1 MiB")
    }

    @Test func noControlCharacterOfTheFileReachesATerminal() {
        let error = #expect(throws: ConfigurationError.self) { try read("a\u{1B}[2Jb=1\n") }
        #expect(error?.description.unicodeScalars.contains("\u{1B}") == false)
    }

    @Test func mutatedTextsAreReadOrRefused() {
        var random = Seeded(0x636F_6E66)
        let text = Array("# c\r\n[Volumes]\nRoot = /srv \\\n ; c\n /b\n\n[X-A]\nx=\n".utf8)
        let alphabet = Array("[]=#;\\\n\r\t x".utf8) + [0x00, 0xFF]
        for _ in 0..<10_000 {
            let mutated = random.mutation(of: text, alphabet: alphabet)
            let lines = mutated.count { $0 == 0x0A } + 1
            do throws(ConfigurationError) {
                let found = try ConfigurationText.assignments(in: mutated, file: Self.file)
                #expect(found.allSatisfy { (1...lines).contains($0.number) && !$0.key.isEmpty })
            } catch {
                #expect((1...lines).contains(error.line))
            }
        }
    }
}
