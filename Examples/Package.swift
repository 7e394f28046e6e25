// swift-tools-version: 6.1
import PackageDescription

// Programs that use the libraries of this package as any other package does. Each shows one use.
let package = Package(
    name: "derp-kit-examples",
    dependencies: [
        .package(name: "derp-kit", path: ".."),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // A client that sends to itself and receives.
        .executableTarget(name: "SendAndReceive", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        // A client that connects again whenever its connection is lost.
        .executableTarget(name: "Reconnect", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        // Which address a STUN server sees, and a STUN server.
        .executableTarget(name: "AskSTUN", dependencies: [.product(name: "STUNKit", package: "derp-kit")]),
        // STUN's messages without any IO: links neither OpenSSL nor libsodium.
        .executableTarget(
            name: "STUNMessagesOnly",
            dependencies: [.product(name: "STUNMessages", package: "derp-kit")]
        ),
        // Code of one's own that uses a relay, and its tests, which bring a relay along.
        .target(name: "Echo", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        .testTarget(
            name: "EchoTests",
            dependencies: ["Echo", .product(name: "DERPKitTesting", package: "derp-kit")]
        ),
        .executableTarget(name: "Checks", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        .executableTarget(name: "Maps", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        .executableTarget(name: "MinimalRelay", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        .executableTarget(
            name: "RelayBesideServices",
            dependencies: [
                .product(name: "DERPKit", package: "derp-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(name: "RelayWithACME", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        .executableTarget(
            name: "RelayWithCertificateFiles",
            dependencies: [.product(name: "DERPKit", package: "derp-kit")]
        ),
        .executableTarget(name: "STUNOnLoopback", dependencies: [.product(name: "STUNKit", package: "derp-kit")]),
        .executableTarget(name: "STUNValues", dependencies: [.product(name: "STUNMessages", package: "derp-kit")]),
        .executableTarget(name: "TwoClients", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        .executableTarget(name: "Verifier", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
    ],
    swiftLanguageModes: [.v6]
)
