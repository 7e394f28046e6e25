// swift-tools-version: 6.1
import PackageDescription

// A package of its own: Hummingbird and what it needs take minutes to build.
let package = Package(
    name: "derp-kit-hummingbird-example",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "derp-kit", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    ],
    targets: [
        .executableTarget(
            name: "HummingbirdApp",
            dependencies: [
                .product(name: "DERPKit", package: "derp-kit"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        )
    ],
    swiftLanguageModes: [.v6]
)
