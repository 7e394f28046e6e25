import Foundation

@testable import DERPServer

/// A command line with a configuration file of its own, which is there while this value is.
final class Configured {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent("derp-config-\(UUID())")

    init(_ text: String) throws {
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: self.directory.appendingPathComponent("derp.yaml"))
    }

    deinit { try? FileManager.default.removeItem(at: self.directory) }

    var path: String { self.directory.appendingPathComponent("derp.yaml").path }

    /// What comes of it for root, with `flags` and `variables` besides; `dir/` stands for the file's directory in errors.
    func settings(_ flags: String..., variables: [String: String] = [:]) throws -> ServerSettings {
        let environment = HostEnvironment(
            isRoot: true,
            hostname: "machine",
            variables: variables.merging(["HOME": "/root"]) { $1 }
        )
        switch CommandLineRequest(["--config", self.path] + flags, in: environment) {
        case .serve(let settings): return settings
        case .refuse(let error):
            throw UsageError(error.description.replacing(self.directory.path + "/", with: ""))
        default: throw UsageError("another command")
        }
    }
}
