import Foundation
import TestSupport
import Testing

@Suite("What scripts/run says", .blocking)
struct DevelopmentScriptTests {
    /// What it says when it is called with `arguments`, before the server starts.
    private func text(_ arguments: String...) throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let directory = FileManager.default.temporaryDirectory.appending(path: "derp-script-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let process = try ChildProcess(
            ["/bin/bash", "-euo", "pipefail", "-c", "source scripts/development.sh; describe_relay \"$@\"", "run"]
                + arguments,
            workingDirectory: tests.deletingLastPathComponent(),
            directory: directory,
            name: "script"
        )
        #expect(try process.waitForExit(within: .seconds(30)) == .code(0))
        #expect(process.errors == "")
        return process.output
    }

    @Test("without arguments it names the ports of its own")
    func standard() throws {
        let text = try self.text()
        #expect(text.contains("on this machine only"))
        for address in ["127.0.0.1:3443", "127.0.0.1:3480", "127.0.0.1:3478"] { #expect(text.contains(address)) }
        // Where scripts/tailcat looks by itself.
        #expect(text.contains("http://127.0.0.1:3480/derpmap/default") && !text.contains("TAILCAT_DERPMAP_URL"))
        #expect(text.contains("one:  TAILCAT_ADDR_FILE=/tmp/address scripts/tailcat --key=new"))
    }

    @Test("it names the ports that its arguments say, in each of their forms")
    func others() throws {
        let text = try self.text("-a", "127.0.0.1:4443", "--http-port=4480", "-stun-port", "4478", "-stun-port=4479")
        for address in ["127.0.0.1:4443", "127.0.0.1:4480", "127.0.0.1:4479"] { #expect(text.contains(address)) }
        #expect(text.contains("TAILCAT_DERPMAP_URL=http://127.0.0.1:4480/derpmap/default"))
        for port in [":3443", ":3480", ":3478", ":4478"] { #expect(!text.contains(port)) }
    }

    @Test("what is off isn't named, and -dev and every address are described as what they are")
    func kinds() throws {
        #expect(try !self.text("-stun=false").contains("STUN "))
        let development = try self.text("-dev")
        #expect(development.contains("127.0.0.1:3340") && !development.contains("over TLS"))
        let everywhere = try self.text("-a", ":4443", "-http-port=-1")
        #expect(everywhere.contains("other machines can reach") && everywhere.contains("https://127.0.0.1:4443/"))
        #expect(!everywhere.contains("plain HTTP  "))
    }
}
