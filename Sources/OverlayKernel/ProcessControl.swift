// SPDX-License-Identifier: Apache-2.0

internal import COverlay
package import SystemPackage

/// This process: its priority and limits, and the time.
package enum ProcessControl {
    /// Nice 19 and the idle I/O class: others go first. The system calls are `setpriority(2)` and
    /// `ioprio_set(2)`.
    package static func becomeIdle() throws(Errno) { try value(ovl_set_idle_priority()) }

    /// Raises the soft limit of open descriptors to the hard one; the limit now. `setrlimit(2)`.
    package static func raiseDescriptorLimit() -> Int { Int(clamping: ovl_raise_descriptor_limit()) }

    /// Since some moment before this process began; never goes back.
    package static func nanoseconds() -> Int64 { ovl_monotonic_nanoseconds() }

    package static func sleep(milliseconds: UInt32) { ovl_sleep_milliseconds(milliseconds) }

    /// A number nobody can guess. The system call is `getrandom(2)`.
    package static func random() throws(Errno) -> UInt32 {
        var number: UInt32 = 0
        try value(unsafe ovl_random(&number, 4))
        return number
    }
}

/// Runs `body` on `count` threads, the caller's among them, and waits for all. A thread that cannot
/// be started is done without.
package func onThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    var threads: [UInt64] = []
    // Growing the table of descriptors makes every thread wait for the kernel's other processors; with
    // one thread it does not, so it is grown now.
    if count > 1 { ovl_grow_descriptor_table(1024) }
    for _ in 1..<max(count, 1) {
        let context = unsafe Unmanaged.passRetained(Work(body))
        var thread: UInt64 = 0
        let answer = unsafe ovl_thread_start(
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
            }, context.toOpaque(), &thread)
        if answer == 0 { threads.append(thread) } else { unsafe context.release() }
    }
    body()
    for thread in threads { _ = ovl_thread_join(thread) }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
