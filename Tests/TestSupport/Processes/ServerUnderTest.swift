import Foundation

/// The server that tests run as a process of its own.
package enum ServerUnderTest {
    /// Where it is.
    ///
    /// `SERVER_UNDER_TEST` names it, and it must have been built by `scripts/build-server` from the sources as they are.
    /// Without it debug tests run the server that was built with them. Optimised tests don't: what was built with them
    /// isn't what people run. Ends the tests' process when there is none to run: no test could say anything then.
    package static let path: String = {
        do {
            return try Self.find(named: ProcessInfo.processInfo.environment["SERVER_UNDER_TEST"])
        } catch {
            FileHandle.standardError.write(Data("No server to test: \(error)\n".utf8))
            exit(EX_CONFIG)
        }
    }()

    /// Whether tests and server are optimised.
    package static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    /// The root of this package.
    package static let packageRoot: URL = {
        var url = URL(filePath: #filePath)
        while url.path != "/", !FileManager.default.fileExists(atPath: url.appending(path: "Package.swift").path) {
            url.deleteLastPathComponent()
        }
        return url
    }()

    /// - Throws: ``ProcessFailure`` that says why there is none.
    package static func find(named name: String?) throws -> String {
        guard let name else {
            guard !Self.isOptimised else {
                throw ProcessFailure(
                    "optimised tests want to know which: run scripts/test, "
                        + "or set SERVER_UNDER_TEST to what scripts/build-server prints"
                )
            }
            return Self.besideTests
        }
        let directory = FileManager.default.temporaryDirectory.appending(path: "server-under-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let verification = try ChildProcess(
            [Self.packageRoot.appending(path: "scripts/build-server").path, "--verify", name],
            directory: directory,
            name: "verification"
        )
        guard try verification.waitForExit(within: .seconds(60)) == .code(0) else {
            throw ProcessFailure(verification.errors)
        }
        return name
    }

    private static var besideTests: String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: program).deletingLastPathComponent().appending(path: "DERPServer").path
    }
}
