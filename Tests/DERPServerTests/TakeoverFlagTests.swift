import DERPKit
import Testing

@testable import DERPServer

@Suite("Flags of takeovers")
struct TakeoverFlagTests {
    private func takeover(_ arguments: String...) throws -> TakeoverConfiguration? {
        let environment = HostEnvironment(isRoot: true, hostname: "machine", variables: ["HOME": "/root"])
        switch CommandLineRequest(arguments, in: environment) {
        case .serve(let settings): return settings.takeover
        case .refuse(let error): throw error
        case .print, .map, .check, .checkSettings: throw UsageError("another command")
        }
    }

    @Test("without a socket there are none")
    func defaults() throws {
        #expect(try self.takeover() == nil)
        #expect(try self.takeover("--takeover=", "--drain-time", "1m") == nil)
    }

    @Test("a socket and a time are taken")
    func values() throws {
        let usual = try #require(try self.takeover("--takeover", "/run/derp/takeover"))
        #expect(usual.path == "/run/derp/takeover" && usual.drainTime == .seconds(10))
        let path = "/" + String(repeating: "x", count: 106)
        let other = try #require(try self.takeover("--takeover", path, "--drain-time=0"))
        #expect(other.path == path && other.drainTime == .zero)
    }

    @Test("a path that no socket can have, and a time that is none, are refused by name")
    func mistakes() {
        #expect(throws: UsageError.self) { try self.takeover("--takeover", "/" + String(repeating: "x", count: 107)) }
        for time in ["x", "-1s", "2h", "1"] {
            do {
                _ = try self.takeover("--takeover", "/s", "--drain-time", time)
                Issue.record("took \(time)")
            } catch {
                #expect("\(error)".contains("--drain-time"))
            }
        }
    }
}
