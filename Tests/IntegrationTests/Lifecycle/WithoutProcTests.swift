import Foundation
import TestSupport
import Testing

/// Swift finds no arguments there, and its runtime doesn't live long.
@Suite("Where /proc isn't mounted", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct WithoutProcTests {
    private static let options = ServerOptions.plain.with { $0.isWithoutProc = true }

    @Test("The start is refused in one line, and nothing is made")
    func refused() throws {
        let directory = try TemporaryDirectory()
        let end = try ServerProcess.runToExit(Self.options.with { $0.directory = directory })
        #expect(end.status == .code(1))
        #expect(end.errors == "DERPServer: /proc is not mounted, and Swift's runtime needs it\n")
        #expect(!FileManager.default.fileExists(atPath: directory.file("derper.key").path))
    }

    @Test("Arguments are known all the same: mistakes are reported")
    func mistakes() throws {
        let end = try ServerProcess.runToExit(Self.options.with { $0.flags = ["--stun-prot=1"] })
        #expect(end.status == .code(64))
        #expect(end.errors.contains("-stun-prot"), "\(end.errors)")
    }

    @Test("Arguments are known all the same: what was asked for is answered")
    func version() throws {
        let end = try ServerProcess.runToExit(Self.options.with { $0.flags = ["--version"] })
        #expect(end.status == .code(0) && end.errors == "")
    }
}
