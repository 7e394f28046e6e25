// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "derp-kit-simulation",
    dependencies: [
        .package(name: "derp-kit", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // Takes the place of the C library's system calls in each program that it is linked into.
        .target(name: "CSimulatedSystem"),
        .target(
            name: "Stories",
            dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
        .target(
            name: "SimulationKit",
            dependencies: [
                "CSimulatedSystem", "Stories",
                .product(name: "DERPKit", package: "derp-kit"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "derp-simulate",
            dependencies: ["Stories", .product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
        .executableTarget(
            name: "derp-play",
            dependencies: [
                "CSimulatedSystem", "SimulationKit", "Stories",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            // The shared libraries of Swift, libsodium and OpenSSL must find the simulated system calls.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"])]
        ),
        .testTarget(name: "SimulationKitTests", dependencies: ["Stories"]),
    ],
    swiftLanguageModes: [.v6]
)
