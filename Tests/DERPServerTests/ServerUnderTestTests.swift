import Foundation
import TestSupport
import Testing

/// The tests of servers say something only of the server that they run.
@Suite("The server under test")
struct ServerUnderTestTests {
    /// A program that is no server of ours.
    private static let stranger = "/bin/true"

    /// Why a copy of ``stranger`` isn't tested, with this noted beside it.
    private func refusal(note: String?) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "stranger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = directory.appending(path: "DERPServer")
        try FileManager.default.copyItem(at: URL(filePath: Self.stranger).resolvingSymlinksInPath(), to: server)
        try note?.write(to: directory.appending(path: "DERPServer.sources"), atomically: true, encoding: .utf8)
        return try Self.refusal { try ServerUnderTest.find(named: server.path) }
    }

    private static func refusal(_ find: () throws -> String) throws -> String {
        "\(try #require(throws: ProcessFailure.self) { try find() })"
    }

    @Test(
        "One that is missing, of unknown origin, or built from other sources is refused, and none is run in its place"
    )
    func refused() throws {
        let missing = try Self.refusal { try ServerUnderTest.find(named: "/nonexistent/DERPServer") }
        #expect(missing.contains("There is no server at /nonexistent/DERPServer"))
        #expect(try self.refusal(note: nil).contains("was not built by scripts/build-server"))
        #expect(try self.refusal(note: "0123 4567\n").contains("is stale"))
    }

    @Test("Optimised tests don't fall back to what was built with them")
    func unnamed() throws {
        if ServerUnderTest.isOptimised {
            #expect(try Self.refusal { try ServerUnderTest.find(named: nil) }.contains("SERVER_UNDER_TEST"))
        } else {
            let path = try ServerUnderTest.find(named: nil)
            #expect(path.hasSuffix("/debug/DERPServer"))
        }
    }
}
