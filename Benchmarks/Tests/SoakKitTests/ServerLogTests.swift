import Testing

@testable import SoakKit

@Suite struct ServerLogTests {
    @Test func countsLines() {
        let log = ServerLog("2026-11-27T10:03:20+0000 info DERPServer: file=key [DERPServer] Read the private key\n")
        #expect(log.counts == ["info: Read the private key": 1])
        #expect(log.unexpected.isEmpty)
    }

    @Test(arguments: [
        "2026-11-27T10:03:20+0000 error DERPServer: [DERPServer] Something broke",
        "2026-11-27T10:03:20+0000 warning DERPServer: a=b [DERPServer] A warning that nobody expects",
        "Fatal error: Index out of range",
        "*** Program crashed",
    ])
    func noticesOthers(_ line: String) {
        #expect(ServerLog(line + "\n").unexpected == [line])
    }

    @Test func knowsWhatTheSoakCauses() {
        let line = "2026-11-27T10:03:20+0000 warning DERPServer: node=127.0.0.1:1 [DERPKit] Mesh link is down"
        #expect(ServerLog(line).unexpected.isEmpty)
    }
}
