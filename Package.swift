// swift-tools-version: 6.2
import PackageDescription

/// What every room is compiled with. Warnings are errors; imports do not leak out of a room.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The rooms that touch C mark each unsafe call as `unsafe`.
let touchesC = house + [.strictMemorySafety()]

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
    name: "overlayd",
    products: [
        .executable(name: "overlayd-reset", targets: ["overlayd-reset"]),
        .executable(name: "overlayctl", targets: ["overlayctl"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .target(name: "COverlay"),
        .target(name: "OverlayCore", dependencies: [system], swiftSettings: house),
        .target(name: "OverlayKernel", dependencies: ["COverlay", "OverlayCore", system], swiftSettings: touchesC),
        .target(name: "VolumeTrees", dependencies: ["OverlayCore", "OverlayKernel", system], swiftSettings: house),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "OverlaySystemd", dependencies: ["CSystemd", "OverlayKernel"], swiftSettings: touchesC),
        .target(
            name: "OverlayAgent",
            dependencies: ["OverlayCore", "OverlayKernel", "OverlaySystemd", "VolumeTrees", system],
            swiftSettings: house),
        .executableTarget(
            name: "overlayd-reset",
            dependencies: ["OverlayCore", "OverlayKernel", "OverlaySystemd", "VolumeTrees", "OverlayAgent", system],
            swiftSettings: touchesC),
        .executableTarget(
            name: "overlayctl",
            dependencies: [
                "OverlayCore", "OverlayKernel", "OverlaySystemd", "VolumeTrees", "OverlayAgent", arguments, system,
            ],
            swiftSettings: touchesC),

        .target(
            name: "TestSupport", dependencies: ["OverlayCore", "OverlayKernel", subprocess, system],
            path: "Tests/TestSupport", swiftSettings: house),
        .testTarget(name: "OverlayCoreTests", dependencies: ["OverlayCore", system], swiftSettings: house),
        .testTarget(
            name: "OverlayKernelTests", dependencies: ["OverlayCore", "OverlayKernel", "TestSupport", system],
            swiftSettings: house),
        .testTarget(
            name: "OverlaySystemdTests", dependencies: ["OverlaySystemd", "TestSupport", system], swiftSettings: house),
        .testTarget(
            name: "VolumeTreesTests",
            dependencies: ["OverlayCore", "OverlayKernel", "VolumeTrees", "TestSupport", system],
            swiftSettings: house),
        .testTarget(
            name: "OverlayAgentTests",
            dependencies: ["OverlayCore", "OverlayKernel", "VolumeTrees", "OverlayAgent", "TestSupport", system],
            swiftSettings: house),
        .testTarget(
            name: "ProgramTests",
            dependencies: ["overlayd-reset", "overlayctl", "TestSupport", system], swiftSettings: house),
    ]
)
