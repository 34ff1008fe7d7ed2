// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

@Suite struct SightingTests {
    private func sighting(source: String, upper: String?, own: Bool = false, point: String = "/m") -> OverlaySighting {
        OverlaySighting(
            namespace: 4_026_532_001, isOwnNamespace: own, device: DeviceNumber(major: 0, minor: 44),
            point: Array(point.utf8), source: Array(source.utf8), upper: upper.map { Array($0.utf8) })
    }

    @Test(arguments: [
        "/var/lib/docker-on-top/bs/upper/", "/var/lib/docker-on-top/bs/upper", "/elsewhere//bs//upper//", "bs/upper",
    ])
    func anUpperNamesItsVolume(upper: String) {
        #expect(sighting(source: "overlay", upper: upper).volumeEntry == EntryName("bs"))
    }

    @Test(arguments: [nil, "", "/upper", "/", "/r/bs/workdir/", "/r/bs/upper/deeper", "/r/../upper"] as [String?])
    func anotherPathNamesNone(upper: String?) {
        #expect(sighting(source: "docker-on-top_bs", upper: upper).volumeEntry == nil)
    }

    @Test func evidenceNamesThePlace() {
        #expect(
            sighting(source: "o", upper: nil, point: "/merged").evidence
                == "its overlay (o) is mounted at /merged in mount namespace 4026532001")
        #expect(
            sighting(source: "o", upper: nil, own: true, point: "/a\nb").evidence
                == #"its overlay (o) is mounted at /a\x0ab"#)
    }

    @Test func nothingIsSeenAtFirst() {
        let sightings = NamespaceSightings()
        #expect(sightings.overlays.isEmpty)
        #expect(sightings.namespaces == 0)
        #expect(sightings.incomplete == nil)
    }
}
