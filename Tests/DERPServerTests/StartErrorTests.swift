import AsyncSockets
import DERPKit
import Testing

@testable import DERPServer

@Suite("Why a start fails")
struct StartErrorTests {
    @Test("an address that can't be listened on is its own flag's, and not that of a port that begins like it")
    func flags() throws {
        var configuration = RelayServer.Configuration(
            privateKey: NodePrivateKey(),
            addresses: [IPEndpoint(.loopbackIPv4, port: 8081)],
            security: .none
        )
        configuration.plainHTTPAddresses = [IPEndpoint(.loopbackIPv4, port: 80)]
        let environment = HostEnvironment(isRoot: true, hostname: "machine", variables: ["HOME": "/root"])
        guard case .serve(let settings) = CommandLineRequest([], in: environment) else { throw UsageError("refused") }
        for (address, flag) in [("127.0.0.1:8081", "-a"), ("127.0.0.1:80", "-http-port")] {
            for message in ["listen on TCP \(address): permission denied", "can't listen on \(address)"] {
                let error = DERPError(.listen, message)
                #expect(
                    StartError(listening: error, with: settings, configuration).description == "\(flag): \(message)"
                )
            }
        }
    }
}
