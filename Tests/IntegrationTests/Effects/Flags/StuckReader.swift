/// A client that reads nothing while more is sent to it than anybody holds for it.
struct StuckReader {
    private let server: ServerProcess
    private let sender: RawDERPClient
    private let reader: RawDERPClient

    init(_ server: ServerProcess) throws {
        self.server = server
        self.sender = try RawDERPClient(server)
        self.reader = try RawDERPClient(server, receiveBuffer: 4096)
        let packet = TestKey.random(65536)
        for _ in 0..<100 { try self.sender.send(packet, to: self.reader.key) }
    }

    /// Whether the server ends its connection within `limit`.
    func isGivenUp(within limit: Duration) throws -> Bool {
        try withExtendedLifetime((self.sender, self.reader)) {
            try Look.comes(within: limit) { try MetricsReading(of: self.server).total("derp_clients") == 1 }
        }
    }
}
