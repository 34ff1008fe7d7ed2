// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import SystemPackage
import Testing

@Suite struct DamageTests {
    private static let everyKind: [Damage] = [
        .wrongKind(.metadata, .directory), .wrongKind(.upper, .symbolicLink), .mounted(.workdir),
        .unreadable(.activemounts, .ioError), .missing(.metadata), .missing(.upper),
        .brokenMetadata("it ends early"), .strayUse(EntryName("x")),
    ]

    @Test(arguments: [
        (PartFact.other(.symbolicLink), Damage.wrongKind(.workdir, .symbolicLink)),
        (.mount, .mounted(.workdir)),
        (.unreadable(.ioError), .unreadable(.workdir, .ioError)),
    ])
    func aBadWorkdir(fact: PartFact, damage: Damage) {
        var facts = VolumeFacts.clean
        facts.workdir = fact
        #expect(Damage.all(in: facts) == [damage])
    }

    @Test(arguments: [PartFact.absent, .directory])
    func workdirAndActivemountsMayBeAway(fact: PartFact) {
        var facts = VolumeFacts.clean
        facts.workdir = fact
        facts.activemounts = fact
        #expect(Damage(in: facts) == nil)
    }

    @Test(arguments: [
        (MetadataFact.absent, Damage.missing(.metadata)),
        (.broken("it is empty"), .brokenMetadata("it is empty")),
        (.other(.symbolicLink), .wrongKind(.metadata, .symbolicLink)),
        (.unreadable(.permissionDenied), .unreadable(.metadata, .permissionDenied)),
    ])
    func badMetadata(fact: MetadataFact, damage: Damage) {
        var facts = VolumeFacts.clean
        facts.metadata = fact
        #expect(Damage.all(in: facts) == [damage])
    }

    @Test(arguments: [
        MountpointFact.absent, .directory, .occupied, .mounted, .stacked, .foreign("a tmpfs"),
    ])
    func whatIsMountedIsNoDamage(fact: MountpointFact) {
        var facts = VolumeFacts.clean
        facts.mountpoint = fact
        #expect(Damage(in: facts) == nil)
    }

    /// A person is told first what tells most: what the metadata says, then part by part.
    @Test func allOfThemInTheOrderOfALook() {
        var facts = VolumeFacts()
        facts.mountpoint = .other(.file)
        facts.activemounts = .unreadable(.ioError)
        facts.workdir = .mount
        facts.uses.stray = EntryName("x")
        #expect(
            Damage.all(in: facts) == [
                .missing(.metadata), .wrongKind(.mountpoint, .file), .unreadable(.activemounts, .ioError),
                .mounted(.workdir), .missing(.upper), .strayUse(EntryName("x")),
            ])
        #expect(Damage(in: facts) == .missing(.metadata))
    }

    @Test(arguments: [
        (Damage.wrongKind(.upper, .symbolicLink), "upper is a symbolic link"),
        (.wrongKind(.metadata, .directory), "metadata.json is a directory"),
        (.mounted(.workdir), "something is mounted on workdir/"),
        (.unreadable(.mountpoint, .ioError), "mountpoint cannot be read: Input/output error"),
        (.missing(.metadata), "metadata.json is missing"),
        (.brokenMetadata("it ends early"), "metadata.json is not complete: it ends early"),
        (.strayUse(EntryName("a\u{1B}b")), "activemounts/a\\x1bb is not a use record"),
    ])
    func saysWhatIsWrong(damage: Damage, words: String) {
        #expect(damage.description == words)
    }

    /// To the letter: people paste what stands in brackets.
    @Test(arguments: [
        (Damage.wrongKind(.upper, .symbolicLink), "move /r/vol/upper away, then run overlayctl reset"),
        (.wrongKind(.metadata, .directory), "move /r/vol/metadata.json away, then run overlayctl reset"),
        (.mounted(.workdir), "umount /r/vol/workdir, then run overlayctl reset"),
        (
            .unreadable(.activemounts, .ioError),
            "check the file system and the kernel log (dmesg), then run overlayctl reset"
        ),
        (
            .missing(.upper),
            "put it back from a backup; or finish it with an empty one (overlayctl volume create --finish vol"
                + " -o base=DIR), or remove it (overlayctl volume rm vol)"
        ),
        (
            .missing(.metadata),
            "finish it (overlayctl volume create --finish vol -o base=DIR) or remove it (overlayctl volume rm vol)"
        ),
        (
            .strayUse(EntryName("a\u{1B}b")),
            #"move /r/vol/activemounts/a\x1bb away, then run overlayctl reset"#
        ),
    ])
    func advises(damage: Damage, words: String) throws {
        #expect(damage.advice(try VolumeName(validating: "vol".utf8), in: "/r/vol") == words)
    }

    @Test func onlyWhatACreationLeavesIsHalfAVolume() {
        let half: [Damage] = [.missing(.metadata), .missing(.upper), .brokenMetadata("it ends early")]
        #expect(Self.everyKind.filter(\.isHalfVolume) == half)
    }

    /// Who is told to remove the volume must not be refused for the very reason of the advice.
    @Test func adviceToRemoveCanBeFollowed() throws {
        let name = try VolumeName(validating: "vol".utf8)
        for damage in Self.everyKind where damage.advice(name, in: "/r/vol").contains("volume rm") {
            #expect(damage.isHalfVolume, "\(damage)")
        }
    }
}
