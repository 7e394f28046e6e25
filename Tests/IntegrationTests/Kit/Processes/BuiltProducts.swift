import Foundation

/// Where the build left the programs that the tests run, and where the sources are.
enum BuiltProducts {
    /// The server under test: `DERPServer` beside the tests' own program, or what `DERP_SERVER_UNDER_TEST` names.
    static var server: String {
        ProcessInfo.processInfo.environment["DERP_SERVER_UNDER_TEST"]
            ?? Self.directory.appending(path: "DERPServer").path
    }

    /// The root of this package.
    static var packageRoot: URL {
        var url = URL(filePath: #filePath)
        while url.path != "/", !FileManager.default.fileExists(atPath: url.appending(path: "Package.swift").path) {
            url.deleteLastPathComponent()
        }
        return url
    }

    private static var directory: URL {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: program).deletingLastPathComponent()
    }
}
