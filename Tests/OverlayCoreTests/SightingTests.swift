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
        ("docker-on-top_bs", "/var/lib/docker-on-top/bs/upper/"),
        ("docker-on-top_bs", "/var/lib/docker-on-top/bs/upper"),
        ("overlayd_bs", "/var/lib/overlayd/volumes/bs/upper"),
        ("my_driver_bs", "/elsewhere//bs//upper//"),
        ("overlayd_bs", "bs/upper"),
    ])
    func anOverlayClaimsItsVolume(source: String, upper: String) throws {
        let name = try VolumeName(validating: "bs".utf8)
        #expect(sighting(source: source, upper: upper).claims(name))
    }

    @Test(
        arguments: [
            ("docker-on-top_bs", nil),
            ("docker-on-top_bs", "/var/lib/docker-on-top/other/upper/"),
            ("docker-on-top_bs", "/var/lib/docker-on-top/xbs/upper/"),
            ("docker-on-top_bs", "/var/lib/docker-on-top/bs/workdir/"),
            ("docker-on-top_bs", "/var/lib/docker-on-top/bs/upper/deeper"),
            ("docker-on-top_bs", "/upper"),
            ("docker-on-top_bs", ""),
            ("docker-on-top_other", "/var/lib/docker-on-top/bs/upper"),
            ("docker-on-top_bs2", "/var/lib/docker-on-top/bs/upper"),
            ("_bs", "/var/lib/docker-on-top/bs/upper"),
            ("bs", "/var/lib/docker-on-top/bs/upper"),
            ("overlay", "/var/lib/docker/overlay2/bs/upper"),
            ("", "/var/lib/docker-on-top/bs/upper"),
        ] as [(String, String?)])
    func anotherOverlayDoesNot(source: String, upper: String?) throws {
        let name = try VolumeName(validating: "bs".utf8)
        #expect(!sighting(source: source, upper: upper).claims(name))
    }

    /// A driver's name and a volume's may both hold an underscore; the upper decides.
    @Test func underscoresDoNotConfuse() throws {
        let seen = sighting(source: "docker-on-top_a_b", upper: "/r/a_b/upper")
        #expect(seen.claims(try VolumeName(validating: "a_b".utf8)))
        #expect(!seen.claims(try VolumeName(validating: "b".utf8)))
    }

    @Test func evidenceNamesThePlace() {
        #expect(
            sighting(source: "o", upper: nil, point: "/merged").evidence
                == "its overlay is mounted at /merged in mount namespace 4026532001")
        #expect(
            sighting(source: "o", upper: nil, own: true, point: "/a\nb").evidence
                == #"its overlay is mounted at /a\x0ab"#)
    }

    @Test func nothingIsSeenAtFirst() {
        let sightings = NamespaceSightings()
        #expect(sightings.overlays.isEmpty)
        #expect(sightings.namespaces == 0)
        #expect(sightings.incomplete == nil)
    }
}
