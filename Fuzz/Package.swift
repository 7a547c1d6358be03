// swift-tools-version: 6.2
import PackageDescription

let warningsAreErrors = Context.environment["LOBBYD_WARNINGS_AS_ERRORS"] == "1"
let settings: [SwiftSetting] = warningsAreErrors ? [.treatAllWarnings(as: .error)] : []

// What scripts/fuzz builds. A package of its own, so that no other build sees it; its modules are links to those of
// lobbyd, so that all of them are built with the fuzzer's eyes, and the configuration without the executable around it.
let package = Package(
    name: "Fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "CTOML"),
        .target(name: "Wire"),
        .target(
            name: "PandaNet",
            dependencies: [
                "Wire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]
        ),
        .target(name: "Relay", dependencies: ["PandaNet", "Wire"]),
        .target(name: "Systemd", dependencies: ["CSystemd"]),
        .target(name: "Logs", dependencies: ["CSystemd", "Systemd", .product(name: "Logging", package: "swift-log")]),
        .target(
            name: "LobbydConfiguration",
            dependencies: [
                "Control", "CTOML", "Logs", "PandaNet", "Relay", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "Control"),
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzzer", "Control", "LobbydConfiguration", "PandaNet", "Wire",
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
