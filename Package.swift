// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "derp-kit",
    products: [
        .library(name: "DERPKit", targets: ["DERPKit"]),
        .library(name: "DERPKitTesting", targets: ["DERPKitTesting"]),
        .library(name: "STUNKit", targets: ["STUNKit"]),
        .library(name: "STUNMessages", targets: ["STUNMessages"]),
        .executable(name: "DERPServer", targets: ["DERPServer"]),
        // For Benchmarks, which is a package of its own. No promises are made about it.
        .library(name: "_AsyncSockets", targets: ["AsyncSockets"]),
    ],
    traits: [
        .trait(name: "Metrics", description: "Reports a relay's numbers to swift-metrics (RelayMetricsReporter)."),
        .trait(name: "Tracing", description: "Traces logins and admission with swift-distributed-tracing."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CDERPOpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CDERPSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .target(name: "CDERPArguments"),
        .target(name: "CDERPHeap"),
        .target(name: "CAsyncSockets", dependencies: ["CDERPOpenSSL"]),
        .target(name: "IPAddresses"),
        .target(name: "AsyncSockets", dependencies: ["CAsyncSockets", "CDERPOpenSSL", "IPAddresses"]),
        .target(name: "STUNMessages", dependencies: ["IPAddresses"]),
        .target(
            name: "STUNKit",
            dependencies: [
                "AsyncSockets", "IPAddresses", "STUNMessages",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "DERPKit",
            dependencies: [
                "AsyncSockets", "CDERPOpenSSL", "CDERPSodium", "IPAddresses", "STUNKit",
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        .target(name: "DERPKitTesting", dependencies: ["AsyncSockets", "DERPKit", "IPAddresses"]),
        .executableTarget(
            name: "DERPServer",
            dependencies: [
                "AsyncSockets", "CDERPArguments", "CDERPHeap", "DERPKit", "IPAddresses",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .target(name: "TestSupport", dependencies: ["AsyncSockets"], path: "Tests/TestSupport"),
        .testTarget(name: "IPAddressesTests", dependencies: ["IPAddresses"]),
        .testTarget(name: "AsyncSocketsTests", dependencies: ["AsyncSockets", "CDERPOpenSSL", "TestSupport"]),
        .testTarget(name: "STUNMessagesTests", dependencies: ["IPAddresses", "STUNMessages", "TestSupport"]),
        .testTarget(name: "STUNKitTests", dependencies: ["AsyncSockets", "STUNKit", "TestSupport"]),
        .testTarget(
            name: "DERPKitTests",
            dependencies: [
                "AsyncSockets", "CDERPSodium", "DERPKit", "DERPKitTesting", "IPAddresses", "STUNKit", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(
                    name: "InMemoryTracing",
                    package: "swift-distributed-tracing",
                    condition: .when(traits: ["Tracing"])
                ),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Metrics"])),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"])),
            ]
        ),
        .testTarget(name: "DERPKitTestingTests", dependencies: ["DERPKit", "DERPKitTesting", "TestSupport"]),
        .testTarget(
            name: "DERPServerTests",
            dependencies: [
                "AsyncSockets", "DERPKit", "DERPServer", "IPAddresses", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "AsyncSockets", "CDERPOpenSSL", "CDERPSodium", "DERPKit", "DERPServer", "IPAddresses", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    target.swiftSettings = (target.swiftSettings ?? []) + [.enableUpcomingFeature("ExistentialAny")]
}

// The fuzzer brings the main function, so the program is a library here, without its own: scripts/fuzz.
if Context.environment["DERP_FUZZING"] != nil {
    let targets = [
        "ACME", "Admission", "Certificates", "Chunks", "Configuration", "Connections", "Frames", "Keys", "LoginJSON",
        "Maps", "Memory", "Proxies", "Rates", "Records", "Requests", "Responses", "STUN", "Takeovers", "WebSockets",
    ]
    let program = package.targets.first { $0.name == "DERPServer" }
    package.products.removeAll { $0.name == "DERPServer" }
    package.targets.removeAll { $0.name == "DERPServer" }
    package.targets += [
        .target(
            name: "DERPServer",
            dependencies: program?.dependencies ?? [],
            exclude: ["Main.swift"],
            swiftSettings: program?.swiftSettings
        ),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "AsyncSockets", "DERPKit", "DERPServer", "IPAddresses", "STUNKit",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Fuzzing",
            exclude: ["report.md"] + targets.map { "\($0)/seeds" }
        ),
    ]
}
