// SPDX-License-Identifier: Apache-2.0

internal import COverlay
internal import SystemPackage

/// A file descriptor with one owner, closed when the owner goes.
///
/// EBADF on close means that someone else closed our number and perhaps got it again: from then on
/// this program could delete in the wrong directory, so it stops at once.
package struct Descriptor: ~Copyable, Sendable {
    /// For system calls, while this value lives.
    let number: CInt

    /// Takes the descriptor over from a system call's answer: a number, or minus errno.
    init(taking answer: CInt) throws(Errno) {
        number = try value(answer)
    }

    deinit {
        guard ovl_close(number) != -EBADFNumber else { fatalError("descriptor \(number) was closed by another") }
    }
}

private let EBADFNumber = Errno.badFileDescriptor.rawValue

/// A system call's answer: its value, or the error.
@discardableResult
func value(_ answer: CInt) throws(Errno) -> CInt {
    guard answer < 0 else { return answer }
    throw Errno(rawValue: -answer)
}

/// The same for calls that answer with a count.
@discardableResult
func value(_ answer: CLong) throws(Errno) -> Int {
    guard answer < 0 else { return answer }
    throw Errno(rawValue: CInt(-answer))
}
