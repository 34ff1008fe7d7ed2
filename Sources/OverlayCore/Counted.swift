// SPDX-License-Identifier: Apache-2.0

/// "1 volume", "2 volumes".
package func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}
