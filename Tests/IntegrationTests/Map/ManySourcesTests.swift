import Foundation
import TestSupport
import Testing

/// What once went wrong only where it was optimised: answers of sources were taken for each other's, differently at each
/// start.
@Suite("Several sources of the DERP map", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct ManySourcesTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    /// Writes a file with one region, and gives its path.
    private func file(_ id: Int) throws -> String {
        let text = "regions:\n  \(id):\n    regioncode: r\(id)\n    nodes: [{name: \(id)a, hostname: h.relays.test}]\n"
        try self.directory.write(text, to: "p\(id).yaml")
        return self.directory.file("p\(id).yaml").path
    }

    private func files(_ ids: ClosedRange<Int>) throws -> [String] {
        try ids.flatMap { ["--map-path", try self.file($0)] }
    }

    /// The ids of the regions that a server serves.
    private static func regions(of server: ServerProcess) throws -> Set<String> {
        let response = try HTTPRequest("/derpmap/default").send(to: server)
        let map = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        return Set(try #require(map?["Regions"] as? [String: Any]).keys)
    }

    @Test("Files are all served, at each of five starts")
    func files() throws {
        for _ in 0..<5 {
            let flags = try self.files(11...13)
            let server = try ServerProcess(ServerOptions.plain.with { $0.flags = flags })
            #expect(try Self.regions(of: server) == ["11", "12", "13", "900"])
        }
    }

    @Test("One file is served, at each of eight starts")
    func single() throws {
        for _ in 0..<8 {
            let flags = try self.files(11...11)
            let server = try ServerProcess(ServerOptions.plain.with { $0.flags = flags })
            #expect(try Self.regions(of: server) == ["11", "900"])
        }
    }

    @Test("URLs and files are all served, and the cache keeps each URL's own map under its name")
    func mixed() throws {
        let others = try (901...902).map { id in
            try ServerProcess(ServerOptions.plain.with { $0.flags = ["--region-id", "\(id)"] })
        }
        let urls = others.map { "http://127.0.0.1:\($0.port)/derpmap/default" }
        let cache = self.directory.file("maps").path
        let options = ServerOptions.plain.with {
            $0.flags = urls.flatMap { ["--map-url", $0] } + ["--map-cache", cache]
        }
        let flags = try self.files(11...13)
        let all: Set<String> = ["11", "12", "13", "900", "901", "902"]
        for _ in 0..<3 {
            let server = try ServerProcess(options.with { $0.flags += flags })
            try eventually("all sources are served") { try Self.regions(of: server) == all }
        }
        // With the others gone, all that is left of them is in the cache.
        for other in others { try other.stop() }
        for (url, id) in zip(urls, 901...902) {
            let server = try ServerProcess(
                options.with { $0.flags = ["--map-url", url, "--map-cache", cache, "--map-own-region=false"] }
            )
            #expect(try Self.regions(of: server) == ["\(id)"])
        }
    }

    @Test(
        "A broken file among others is blamed by its own name, at the start and by --check-config",
        arguments: 11...13
    )
    func broken(id: Int) throws {
        let flags = try self.files(11...13)
        try self.directory.write("regions:\n  \(id):\n    nodez: []\n", to: "p\(id).yaml")
        let reason =
            "DERPServer: --map-path: \(self.directory.file("p\(id).yaml").path): line 3: error: region \(id) has no key "
            + "\"nodez\": did you mean nodes?\n"
        for extra in [[], ["--check-config"]] {
            let end = try ServerProcess.runToExit(ServerOptions.plain.with { $0.flags = flags + extra })
            #expect(end.status == .code(1))
            #expect(end.errors == reason)
        }
    }
}
