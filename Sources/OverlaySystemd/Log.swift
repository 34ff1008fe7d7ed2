// SPDX-License-Identifier: Apache-2.0

internal import OverlayKernel
internal import Synchronization

/// Where a program tells what it does: the journal where that is behind its output, else lines, coloured
/// on a terminal.
package final class Log: Sendable {
    package enum Destination: Sendable {
        case journal
        /// Standard output; of the program itself, standard error.
        case lines(Palette)
    }

    private let identifier: String
    private let destination: Destination
    private let counts = Mutex(Counts())

    private struct Counts {
        var told: [Event: Int] = [:]
        var leftOut: [Event: Int] = [:]
    }

    package init(_ identifier: String, _ destination: Destination) {
        self.identifier = identifier
        self.destination = destination
    }

    /// The destination this process was started with.
    package convenience init(_ identifier: String) {
        self.init(identifier, Journal.isBehindOutput ? .journal : .lines(.fitting))
    }

    /// Entries of one kind in the journal before the others are only counted: with 10,000 volumes a
    /// person wants the sum, and journald drops what comes faster than 10,000 entries in 30 seconds.
    package static func limit(of event: Event) -> Int { event.priority <= .warning ? 1000 : 100 }

    /// Tells each that has an event, in order.
    package func tell(_ notices: [some Tellable]) {
        switch destination {
        case .journal:
            for notice in notices {
                guard let event = notice.event, isWithinLimit(event) else { continue }
                send(notice, event)
            }
        case .lines(let palette): write(notices, palette)
        }
    }

    /// Tells one that is in words already.
    package func tell(_ event: Event, _ text: String, _ fields: [(name: String, value: String?)] = []) {
        tell([Notice(event, text, fields)])
    }

    /// Says how many entries were left out, and begins to count anew: the end of one root.
    package func tellWhatWasLeftOut() {
        let leftOut = counts.withLock { counts in
            defer { counts = Counts() }
            return counts.leftOut
        }
        for event in Event.allCases {
            guard let count = leftOut[event] else { continue }
            let text =
                "\(count) more entries of the kind MESSAGE_ID=\(event.messageID) are left out;"
                + " overlayctl status shows every volume"
            send(Notice(.linesLeftOut, text, [("OVERLAYD_LEFT_OUT", "\(count)")]), .linesLeftOut)
        }
    }

    private func isWithinLimit(_ event: Event) -> Bool {
        counts.withLock { counts in
            let isWithin = counts.told[event, default: 0] < Self.limit(of: event)
            if isWithin { counts.told[event, default: 0] += 1 } else { counts.leftOut[event, default: 0] += 1 }
            return isWithin
        }
    }

    /// journald that does not answer still reads our standard error, and the level before the text.
    private func send(_ notice: some Tellable, _ event: Event) {
        guard !Journal.send(Journal.assignments(notice, event, identifier: identifier)) else { return }
        StandardOutput.writeError("<\(event.priority.rawValue)>\(notice.text)\n")
    }

    private func write(_ notices: [some Tellable], _ palette: Palette) {
        var lines = ""
        for notice in notices {
            guard let event = notice.event else { continue }
            if event.isComplaint {
                StandardOutput.writeError("\(identifier): \(notice.text)\n")
            } else {
                lines += palette.line(notice.text, event.priority) + "\n"
            }
        }
        if !lines.isEmpty { StandardOutput.write(lines) }
    }
}
