import Testing

/// Loads that show how a server waits for packets.
struct LoopLoad {
    private let server: ServerProcess
    private let sender: RawDERPClient
    private let receiver: RawDERPClient

    init(_ server: ServerProcess) throws {
        self.server = server
        self.sender = try RawDERPClient(server)
        self.receiver = try RawDERPClient(server)
    }

    /// Pings 200 times, each as soon as the ping before was answered.
    func ping() throws {
        for _ in 0..<100 { _ = try self.sender.framesBeforePong() }
    }

    /// Sends 4,000 packets, each by itself, and no more than 20 ahead of the receiver.
    func sendSingly() throws {
        let frame = Frame.send([1], to: self.receiver.key).encoded
        for _ in 0..<200 {
            for _ in 0..<20 { try self.sender.connection.write(frame) }
            for _ in 0..<20 { try self.receiver.expect(.received([1], from: self.sender.key)) }
        }
    }

    func hasMoved(_ metric: String) throws -> Bool { try MetricsReading(of: self.server).total(metric) > 0 }
}
