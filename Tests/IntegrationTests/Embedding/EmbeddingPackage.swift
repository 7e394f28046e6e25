import Foundation
import TestSupport

/// Another package, whose program is the one that README shows, built against this package as any user would.
///
/// It lies among the build products, so that only the first build of it is slow.
struct EmbeddingPackage {
    private let root: URL

    init(program: String) throws {
        self.root = BuiltProducts.packageRoot.appending(path: ".build/embedding")
        let sources = self.root.appending(path: "Sources/Embedding")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        try program.write(to: sources.appending(path: "main.swift"), atomically: true, encoding: .utf8)
        // Written anew each time: a build plan that is kept from before misses the files that this package has got since.
        let manifest = self.root.appending(path: "Package.swift")
        try Self.manifest.write(to: manifest, atomically: true, encoding: .utf8)
    }

    /// The program that README shows, as it stands there.
    static func readmeProgram() throws -> String {
        let readme = try String(contentsOf: BuiltProducts.packageRoot.appending(path: "README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        guard let program = blocks.first(where: { $0.contains("import DERPKit") }) else {
            throw KitError.missing("README shows no program that imports DERPKit")
        }
        return program
    }

    /// Builds, and gives the program.
    func build(within limit: Duration, log: TemporaryDirectory) throws -> URL {
        let scratch = self.root.appending(path: "build")
        let arguments = ["swift", "build", "--package-path", self.root.path, "--scratch-path", scratch.path]
        // The build leaves some of its own temporary directories behind.
        let variables = ["TMPDIR": log.url.path]
        let build = try ChildProcess(arguments, environment: variables, directory: log.url, name: "build")
        let status = try build.waitForExit(within: limit)
        guard status == .code(0) else {
            throw KitError.unexpected("README's program does not build:\n\(build.output)\(build.errors)")
        }
        return scratch.appending(path: "debug/Embedding")
    }

    private static var manifest: String {
        """
        // swift-tools-version: 6.1
        import PackageDescription

        let package = Package(
            name: "embedding",
            dependencies: [.package(name: "derp-kit", path: "\(BuiltProducts.packageRoot.path)")],
            targets: [
                .executableTarget(
                    name: "Embedding",
                    dependencies: [
                        .product(name: "DERPKit", package: "derp-kit"),
                    ],
                    swiftSettings: [.unsafeFlags(["-warnings-as-errors"])]
                )
            ],
            swiftLanguageModes: [.v6]
        )

        """
    }
}
