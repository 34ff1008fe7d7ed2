// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import OverlayKernel
import SystemPackage
import TestSupport
import Testing
import VolumeTrees

/// Uses, trash and metadata: what is counted and what is read.
@Suite struct LookDetailTests {
    @Test func usesAreFilesOfAnyContent() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash(
                """
                cd \(scratch.root)/web/activemounts; : > empty; echo '{"UsageCount":1}' > one; echo '{"Usa' > half
                ln -s nowhere link; mkfifo fifo; : > .hidden; : > $'\\xff\\n'
                """)
            #expect(try scratch.look().uses == UsesFact(count: 7))
            #expect(try scratch.look("web", .quick).uses == UsesFact(count: 7))
        }
    }

    @Test(arguments: [1, 64, 65, 3000]) func manyUses(_ count: Int) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web/activemounts; seq \(count) | xargs touch")
            let tree = try scratch.tree()
            #expect(tree.look().uses.count == count)
            let outcome = try tree.perform(.dropUses)
            #expect(outcome == .done)
            #expect(tree.look() == .clean)
        }
    }

    @Test func aDirectoryAmongUsesIsStray() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash("cd \(scratch.root)/web/activemounts; touch use; mkdir stray")
            #expect(try scratch.look().uses == UsesFact(count: 1, stray: EntryName("stray")))
        }
    }

    @Test func trashIsCounted() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash(
                """
                cd \(scratch.root)/web; mkdir .overlayd-trash.{1,2,x} .overlayd-spare.1 recovered-files.1 .other
                touch .overlayd-trash.file; ln -s . .overlayd-trash.link; touch .overlayd-metadata.json
                """)
            var facts = VolumeFacts.clean
            facts.trash = 4
            #expect(try scratch.look() == facts)
            #expect(try scratch.look("web", .quick) == facts)
        }
    }

    /// What somebody put there is told, so that no removal takes it along; what is ours is not.
    @Test(arguments: ["recovered-files.1", ".hidden", "upper2", ".overlayd-other"])
    func strangers(_ name: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await Shell.bash(
                "cd \(scratch.root)/web; mkdir .overlayd-trash.1 .overlayd-spare.1; touch .overlayd-metadata.json")
            let tree = try scratch.tree()
            var buffer = EntryBuffer()
            let ours = tree.look(.quick, locking: false, buffer: &buffer) { _ in .mounted }
            #expect(ours.stranger == nil)
            try await Shell.bash("mkdir \(scratch.root)/web/\(name)")
            let theirs = tree.look(.quick, locking: false, buffer: &buffer) { _ in .mounted }
            #expect(theirs.stranger == EntryName(test: name))
        }
    }

    /// Half-written is told from complete, and nothing that is no plain file is opened.
    @Test(arguments: [
        (": > m", MetadataFact.broken("it is empty")),
        ("printf '{\"BaseDirPath\":\"/b\",\"Vol' > m", nil), ("head -c 44 /dev/zero > m", nil), ("echo null > m", nil),
        ("printf '{\"BaseDirPath\":\"relative\",\"Volatile\":false}' > m", nil),
        ("printf '{\"Volatile\":false}' > m", nil), ("printf '{\"BaseDirPath\":\"/b\"}garbage' > m", nil),
        ("head -c 70000 /dev/zero | tr '\\0' ' ' > m; cat $m >> m", .broken("it is larger than 65536 bytes")),
        ("cat $m > ../whole; ln -s ../whole m", .other(.symbolicLink)), ("ln $m m", .complete),
        ("mkdir m", .other(.directory)), ("mkfifo m", .other(.fifo)), ("mknod m c 1 5", .other(.device)),
        ("cat $m > m; chmod 0 m", .complete), ("printf ' \\n%s\\n ' \"$(cat $m)\" > m", .complete),
        ("printf '{\"BaseDirPath\":\"/b\",\"Volatile\":true,\"Ours\":[1,{}]}' > m", .complete),
        ("touch metadata.json; mount --bind $m metadata.json", .unreadable(.improperLink)),
    ])
    func metadata(_ script: String, _ expected: MetadataFact?) async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web")
            try await scratch.makeVolume("model")
            try await Shell.bash(
                "cd \(scratch.root)/web; m=../model/metadata.json; rm metadata.json; \(script); [ -e metadata.json ] || mv -T m metadata.json"
            )
            let tree = try scratch.tree()
            let fact = tree.look().metadata
            if let expected {
                #expect(fact == expected)
            } else if case .broken = fact {
            } else {
                Issue.record("it is not told to be broken: \(fact)")
            }
            #expect((tree.metadata != nil) == (fact == .complete))
        }
    }

    @Test func metadataIsRead() async throws {
        try await withScratch { scratch in
            try await scratch.makeVolume("web", base: "/srv/a b")
            let tree = try scratch.tree()
            _ = tree.look(.quick)
            #expect(tree.metadata == VolumeMetadata(base: Array("/srv/a b".utf8), volatile: false))
            try await Shell.bash("echo '{' > \(scratch.root)/web/metadata.json")
            _ = tree.look(.quick)
            #expect(tree.metadata == nil)
        }
    }
}
