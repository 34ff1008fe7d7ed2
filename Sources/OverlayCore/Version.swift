// SPDX-License-Identifier: Apache-2.0

/// The version of every program in this package; CHANGELOG.md says what is in it.
package let overlaydVersion = "0.1.0"
