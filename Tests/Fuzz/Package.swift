// swift-tools-version: 6.2
import PackageDescription

let warningsAreErrors = Context.environment["LOBBYD_WARNINGS_AS_ERRORS"] == "1"
let settings: [SwiftSetting] = warningsAreErrors ? [.treatAllWarnings(as: .error)] : []

// The package of scripts/fuzz. It is separate, so that other builds do not contain the fuzzer. Its modules are links to
// lobbyd's sources: so the compiler instruments them all, and the configuration is a library without the executable.
let package = Package(
    name: "Fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0")
    ],
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "CTOML"),
        .systemLibrary(name: "CLinux"),
        .target(name: "Wire"),
        .target(name: "Engine", dependencies: ["CLinux", "Wire"]),
        .target(name: "Relay", dependencies: ["Engine", "Wire"]),
        .target(name: "Systemd", dependencies: ["CSystemd"]),
        .target(name: "Logs", dependencies: ["CSystemd", "Systemd", .product(name: "Logging", package: "swift-log")]),
        .target(
            name: "LobbydConfiguration",
            dependencies: [
                "Control", "CTOML", "Engine", "Logs", "Relay",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "Control"),
        .target(name: "CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzzer", "Control", "Engine", "LobbydConfiguration", "Wire",
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
