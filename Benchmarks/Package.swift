// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "derp-kit-benchmarks",
    products: [
        .executable(name: "derp-load", targets: ["derp-load"]),
        .executable(name: "tls-limit", targets: ["tls-limit"]),
        .executable(name: "derp-siege", targets: ["derp-siege"]),
        .executable(name: "derp-soak", targets: ["derp-soak"]),
        .executable(name: "derp-fresh", targets: ["derp-fresh"]),
        .library(name: "MallocCount", type: .dynamic, targets: ["MallocCount"]),
    ],
    dependencies: [
        .package(name: "derp-kit", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    ],
    targets: [
        .target(name: "CLoad"),
        .target(name: "MallocCount"),
        .target(
            name: "LoadKit",
            dependencies: [
                "CLoad",
                .product(name: "_AsyncSockets", package: "derp-kit"),
                .product(name: "DERPKit", package: "derp-kit"),
                .product(name: "STUNKit", package: "derp-kit"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]
        ),
        .executableTarget(
            name: "derp-load",
            dependencies: [
                "LoadKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                // Not linked: built along, as what is measured.
                .product(name: "DERPServer", package: "derp-kit"),
            ]
        ),
        .executableTarget(
            name: "c-loop",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]
        ),
        .executableTarget(
            name: "tls-limit",
            dependencies: [
                "LoadKit",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "_AsyncSockets", package: "derp-kit"),
                .product(name: "DERPKit", package: "derp-kit"),
            ]
        ),
        .target(
            name: "SiegeKit",
            dependencies: [
                "CLoad", "LoadKit",
                .product(name: "_AsyncSockets", package: "derp-kit"),
                .product(name: "DERPKit", package: "derp-kit"),
                .product(name: "STUNKit", package: "derp-kit"),
            ]
        ),
        .executableTarget(
            name: "derp-siege",
            dependencies: ["SiegeKit", .product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
        .target(
            name: "SoakKit",
            dependencies: [
                "CLoad", "LoadKit", "SiegeKit",
                .product(name: "_AsyncSockets", package: "derp-kit"),
                .product(name: "DERPKit", package: "derp-kit"),
            ]
        ),
        .executableTarget(
            name: "derp-soak",
            dependencies: ["LoadKit", "SoakKit", .product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
        .target(
            name: "FreshKit",
            dependencies: [
                "CLoad", "LoadKit",
                .product(name: "_AsyncSockets", package: "derp-kit"),
                .product(name: "DERPKit", package: "derp-kit"),
            ]
        ),
        .executableTarget(
            name: "derp-fresh",
            dependencies: ["FreshKit", "LoadKit", .product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
        .testTarget(
            name: "LoadKitTests",
            dependencies: [
                "LoadKit",
                .product(name: "_AsyncSockets", package: "derp-kit"),
                .product(name: "DERPKit", package: "derp-kit"),
            ]
        ),
        .testTarget(name: "DerpLoadTests", dependencies: ["derp-load", "LoadKit"]),
        .testTarget(name: "SiegeKitTests", dependencies: ["LoadKit", "SiegeKit"]),
        .testTarget(name: "SoakKitTests", dependencies: ["LoadKit", "SoakKit"]),
        .testTarget(name: "FreshKitTests", dependencies: ["FreshKit", "LoadKit"]),
    ],
    swiftLanguageModes: [.v6]
)

// The micro-benchmarks look inside the libraries, and need a build of their own: scripts/micro.
if Context.environment["DERP_MICRO"] != nil {
    package.dependencies.append(.package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []))
    package.targets += [
        .target(
            name: "MicroCases",
            dependencies: [
                .product(name: "_AsyncSockets", package: "derp-kit"),
                .product(name: "DERPKit", package: "derp-kit"),
                .product(name: "STUNKit", package: "derp-kit"),
            ]
        ),
        .executableTarget(
            name: "derp-micro",
            dependencies: [
                "CLoad", "MicroCases", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        .executableTarget(
            name: "Micro",
            dependencies: ["MicroCases", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Micro",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
    ]
}
