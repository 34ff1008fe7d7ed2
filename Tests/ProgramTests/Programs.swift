// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// The programs as people run them.
enum Program {
    static func reset(_ arguments: String...) async throws -> Shell.Output {
        try await Shell.run(try builtProgram("overlayd-reset"), arguments)
    }

    static func ctl(_ arguments: String...) async throws -> Shell.Output {
        try await Shell.run(try builtProgram("overlayctl"), arguments)
    }
}
