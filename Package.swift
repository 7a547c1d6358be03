// swift-tools-version: 6.2
import PackageDescription

// scripts/check and scripts/test set it; a user with a newer compiler must still be able to build.
let warningsAreErrors = Context.environment["LOBBYD_WARNINGS_AS_ERRORS"] == "1"
let settings: [SwiftSetting] = warningsAreErrors ? [.treatAllWarnings(as: .error)] : []

let package = Package(
    name: "lobbyd",
    products: [
        .executable(name: "lobbyd", targets: ["lobbyd"]),
        .executable(name: "lobbyctl", targets: ["lobbyctl"]),
        .library(name: "Engine", targets: ["Engine"]),
        .library(name: "PandaNet", targets: ["PandaNet"]),
        .library(name: "Wire", targets: ["Wire"]),
        .library(name: "Relay", targets: ["Relay"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        // toml++ is header only: Debian's libtomlplusplus-dev.
        .target(name: "CTOML"),
        // Linux interfaces that Glibc's module does not have.
        .systemLibrary(name: "CLinux"),
        .target(name: "Wire", swiftSettings: settings),
        .target(name: "Engine", dependencies: ["CLinux", "Wire"], swiftSettings: settings),
        .target(name: "PandaNet", dependencies: ["Engine", "Wire"], swiftSettings: settings),
        .target(name: "Relay", dependencies: ["Engine", "Wire"], swiftSettings: settings),
        .target(name: "Systemd", dependencies: ["CSystemd"], swiftSettings: settings),
        .target(
            name: "Logs",
            dependencies: ["CSystemd", "Systemd", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .target(name: "Control", swiftSettings: settings),
        .target(
            name: "Program",
            dependencies: ["Control", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings
        ),
        .target(
            name: "Bench",
            dependencies: [
                "Control", "Engine",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "lobbyctl",
            dependencies: [
                "Bench", "Control", "Engine", "Program",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "lobbyd",
            dependencies: [
                "CLinux", "Control", "CTOML", "Engine", "Logs", "Program", "Relay", "Systemd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ChatServer",
            dependencies: ["PandaNet"],
            path: "Sources/Examples/ChatServer",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ChatClient",
            dependencies: ["PandaNet"],
            path: "Sources/Examples/ChatClient",
            swiftSettings: settings
        ),
        // What the end-to-end tests run opposite a real Panda3D; no product.
        .executableTarget(
            name: "InteropPeer",
            dependencies: [
                "PandaNet", "SeededRandom",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/EndToEnd/InteropPeer",
            swiftSettings: settings
        ),
        .target(name: "HostileText", path: "Tests/HostileText", swiftSettings: settings),
        .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: settings),
        .target(name: "EngineSupport", dependencies: ["Wire"], path: "Tests/EngineSupport", swiftSettings: settings),
        .testTarget(name: "WireTests", dependencies: ["SeededRandom", "Wire"], swiftSettings: settings),
        .testTarget(
            name: "EngineTests",
            dependencies: ["Engine", "EngineSupport", "SeededRandom", "Wire"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PandaNetTests",
            dependencies: ["Engine", "EngineSupport", "PandaNet", "SeededRandom", "Wire"],
            swiftSettings: settings
        ),
        .testTarget(name: "RelayTests", dependencies: ["Engine", "Relay"], swiftSettings: settings),
        .testTarget(name: "SystemdTests", dependencies: ["HostileText", "Systemd"], swiftSettings: settings),
        .testTarget(
            name: "LogsTests",
            dependencies: ["HostileText", "Logs", "Systemd", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .testTarget(name: "BenchTests", dependencies: ["Bench", "Engine", "Wire"], swiftSettings: settings),
        .testTarget(name: "ControlTests", dependencies: ["Control", "SeededRandom"], swiftSettings: settings),
        .testTarget(name: "ProgramTests", dependencies: ["Program"], swiftSettings: settings),
        .testTarget(name: "LobbyctlTests", dependencies: ["lobbyctl", "Control"], swiftSettings: settings),
        .testTarget(
            name: "LobbydTests",
            dependencies: [
                "lobbyd", "Control", "Engine", "Logs", "Relay", "Systemd",
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
