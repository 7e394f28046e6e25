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
        // A relay in a few lines.
        .executableTarget(name: "MinimalRelay", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        // A relay in a ServiceGroup, with what the process around it has to do.
        .executableTarget(
            name: "RelayBesideServices",
            dependencies: [
                .product(name: "DERPKit", package: "derp-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        // A relay that follows the files of its certificate.
        .executableTarget(
            name: "RelayWithCertificateFiles",
            dependencies: [.product(name: "DERPKit", package: "derp-kit")]
        ),
        // A relay whose certificate Let's Encrypt issues.
        .executableTarget(name: "RelayWithACME", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        // A rule of one's own for which clients may use a relay.
        .executableTarget(name: "Verifier", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        // Maps that are read, checked and merged.
        .executableTarget(name: "Maps", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        // What is wrong with a relay, seen from outside.
        .executableTarget(name: "Checks", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        // A client that sends to itself and receives.
        .executableTarget(name: "SendAndReceive", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
        // A client of a relay with a self-signed certificate.
        .executableTarget(name: "PinnedClient", dependencies: [.product(name: "DERPKit", package: "derp-kit")]),
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
    ],
    swiftLanguageModes: [.v6]
)
