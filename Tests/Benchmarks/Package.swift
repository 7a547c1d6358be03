// swift-tools-version: 6.2
import PackageDescription

let warningsAreErrors = Context.environment["LOBBYD_WARNINGS_AS_ERRORS"] == "1"
let settings: [SwiftSetting] = warningsAreErrors ? [.treatAllWarnings(as: .error)] : []

// The package of scripts/bench. It is separate, so that other builds need not resolve its dependencies.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "lobbyd", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.1.4"),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.0", traits: []),
    ],
    targets: [
        // Benchmark's plugin requires its executables in a folder called Benchmarks, which is this folder.
        .executableTarget(
            name: "Micro",
            dependencies: [
                "CStubSend",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Engine", package: "lobbyd"),
                .product(name: "Relay", package: "lobbyd"),
                .product(name: "Wire", package: "lobbyd"),
            ],
            path: "Micro",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        .target(name: "CStubSend"),
        .systemLibrary(name: "CEpoll"),
        .executableTarget(
            name: "PeerLoad",
            dependencies: [
                "CEpoll",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
