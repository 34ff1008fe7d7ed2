// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Who gets what overlayd-reset tells: the journal, or whoever reads its output.
@Suite struct JournalProgramTests {
    /// Runs a script with a `/run` of its own, where `$reset` is the program on this root.
    private func run(_ scratch: Scratch, _ script: String) async throws -> String {
        let program = try builtProgram("overlayd-reset")
        return try await Shell.bash(
            """
            export reset="\(program) --namespace=self --volumes-root=\(scratch.root)" place=\(scratch.path)
            unshare --mount --propagation private bash -euc '
            mount -t tmpfs none /run; mkdir -p /run/systemd/journal; cd $place
            \(script)'
            """)
    }

    /// A listener where journald listens: what it got lies in `got`, one datagram after the other.
    private let listen = """
        socat -u -b 65536 UNIX-RECV:/run/systemd/journal/socket CREATE:got & listener=$!
        until [ -S /run/systemd/journal/socket ]; do sleep 0.01; done
        stop() { sleep 0.2; kill $listener; wait $listener || true; }
        """

    @Test func theJournalGetsFieldsAndASummary() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty(count: 130)
            try await scratch.makeVolume("half")
            try await Shell.bash("rm \(scratch.root)/half/metadata.json")
            let lines = try await run(
                scratch,
                """
                \(listen)
                touch both; status=0
                JOURNAL_STREAM=$(stat -c %d:%i both) $reset >both 2>&1 || status=$?
                stop
                echo status $status; echo output $(wc -c <both)
                for field in MESSAGE_ID=db0c9536b60d488599cfc3739e43c187 MESSAGE_ID=08ca7eef4b5344d7a14e16a72a735675 \
                  MESSAGE_ID=19874333131944beb0ebc35bd49cc8d5 MESSAGE_ID=fe28cef444a6497db47912c22e0d3b1c \
                  OVERLAYD_VOLUME=half OVERLAYD_LEFT_OUT=30 OVERLAYD_RESET=130 OVERLAYD_NEED_PERSON=1 PRIORITY=4 \
                  OVERLAYD_ACTION=remove-mountpoint,drop-uses,discard-workdir OVERLAYD_OUTCOME=refused; do
                    echo $field $(grep -cx -- $field got)
                done
                """)
            #expect(
                lines == """
                    status 1
                    output 0
                    MESSAGE_ID=db0c9536b60d488599cfc3739e43c187 100
                    MESSAGE_ID=08ca7eef4b5344d7a14e16a72a735675 1
                    MESSAGE_ID=19874333131944beb0ebc35bd49cc8d5 1
                    MESSAGE_ID=fe28cef444a6497db47912c22e0d3b1c 1
                    OVERLAYD_VOLUME=half 1
                    OVERLAYD_LEFT_OUT=30 1
                    OVERLAYD_RESET=130 1
                    OVERLAYD_NEED_PERSON=1 1
                    PRIORITY=4 1
                    OVERLAYD_ACTION=remove-mountpoint,drop-uses,discard-workdir 100
                    OVERLAYD_OUTCOME=refused 1

                    """)
        }
    }

    /// Output that somebody reads stays output: a captured one, one into a file, one where no journald is.
    @Test(arguments: [
        ("stdout goes elsewhere", true, "JOURNAL_STREAM=$(stat -c %d:%i err) $reset >out 2>err"),
        ("the variable is inherited", true, "JOURNAL_STREAM=8:1 $reset >out 2>&1"),
        ("no journald", false, "JOURNAL_STREAM=$(stat -c %d:%i out) $reset >out 2>&1"),
    ])
    func linesWhereItIsNotTheJournal(_ why: String, _ listens: Bool, _ command: String) async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            let out = try await run(
                scratch,
                """
                touch out err got; \(listens ? listen : "stop() { :; }")
                \(command)
                stop; cat out; wc -c <got
                """)
            #expect(out.hasPrefix("web: lost, reset: "), "\(why)")
            #expect(out.hasSuffix(" ms\n0\n"), "\(why)")
        }
    }

    @Test func aRehearsalSaysThatItWasOne() async throws {
        try await withScratch { scratch in
            try await scratch.makeDirty("web")
            let ids = try await run(
                scratch,
                """
                \(listen)
                touch both; JOURNAL_STREAM=$(stat -c %d:%i both) $reset --dry-run >both 2>&1
                stop; grep -xE "MESSAGE_ID=.*|OVERLAYD_TO_RESET=.*|OVERLAYD_OUTCOME=.*" got
                """)
            #expect(
                ids == """
                    MESSAGE_ID=7311466c893f4929b48579404d3545b2
                    OVERLAYD_OUTCOME=planned
                    MESSAGE_ID=7c016dbf269b438abfcdb4d5f4622eab
                    OVERLAYD_TO_RESET=1

                    """)
        }
    }
}
