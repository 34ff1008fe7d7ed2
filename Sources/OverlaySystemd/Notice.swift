// SPDX-License-Identifier: Apache-2.0

/// One thing that is told: a sentence for people, fields for programs.
///
/// What nobody is going to read is not put into words: a reset of 10,000 volumes makes a summary.
package protocol Tellable {
    /// Nil: there is nothing to tell.
    var event: Event? { get }
    var text: String { get }
    /// Names as journald takes them: upper case, no leading underscore, at most 64 characters. Nil is
    /// left out.
    var fields: [(name: String, value: String?)] { get }
}

/// One that is in words already.
package struct Notice: Tellable {
    package let event: Event?
    package let text: String
    package let fields: [(name: String, value: String?)]

    package init(_ event: Event, _ text: String, _ fields: [(name: String, value: String?)] = []) {
        self.event = event
        self.text = text
        self.fields = fields
    }
}
