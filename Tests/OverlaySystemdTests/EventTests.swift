// SPDX-License-Identifier: Apache-2.0

import OverlaySystemd
import TestSupport
import Testing

/// The events against the catalog that explains them.
@Suite struct EventTests {
    @Test func everyKindHasAnIdOfItsOwn() {
        let ids = Event.allCases.map(\.messageID)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) && $0 == $0.lowercased() })
    }

    @Test func everyKindIsInTheCatalogAndNoOther() async throws {
        let ids = try await Shell.bash("sed -n 's/^-- //p' packaging/overlayd.catalog")
        #expect(Set(ids.split(separator: "\n").map(String.init)) == Set(Event.allCases.map(\.messageID)))
    }

    /// journalctl itself reads it, and each entry has what a person needs.
    @Test func journalctlTakesTheCatalog() async throws {
        try await withScratch { scratch in
            try await Shell.bash(
                """
                mkdir -p \(scratch.path)/usr/lib/systemd/catalog \(scratch.path)/var/lib/systemd/catalog
                cp packaging/overlayd.catalog \(scratch.path)/usr/lib/systemd/catalog/
                journalctl --root=\(scratch.path) --update-catalog
                """)
            let shown = try await Shell.bash("journalctl --root=\(scratch.path) --list-catalog")
            for event in Event.allCases { #expect(shown.contains(event.messageID), "\(event)") }
            let long = try await Shell.bash(
                "awk 'length > 80' packaging/overlayd.catalog | grep -v '^#\\|^Subject' || true")
            #expect(long.isEmpty)
        }
    }

    /// journald substitutes fields by name; a name nobody sends would stand there as it is.
    @Test func theCatalogNamesOnlyFieldsThatAreSent() async throws {
        let named = try await Shell.bash("grep -o '@[A-Z_]*@' packaging/overlayd.catalog | tr -d @ | sort -u")
        let sent = try await Shell.bash(
            "grep -rhoE '\"OVERLAYD_[A-Z_]+\"' Sources/OverlayAgent Sources/overlayd-reset | tr -d '\"' | sort -u")
        let missing = Set(named.split(separator: "\n")).subtracting(sent.split(separator: "\n"))
        #expect(missing.isEmpty)
        #expect(!named.isEmpty)
    }
}
