import Foundation
import TestSupport

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

    /// Whether it gets packets that have waited for longer than a second, when it goes on reading after `pause`.
    func getsLatePackets(after pause: Duration) throws -> Bool {
        // The time itself is what is tested.
        Thread.sleep(forTimeInterval: pause / .seconds(1))
        while (try? self.reader.next(within: .milliseconds(300))) != nil {}
        let reading = try MetricsReading(of: self.server)
        let quick = try reading.total("derp_queue_delay_seconds_bucket", #"le="1.0""#)
        return try reading.total("derp_queue_delay_seconds_count") > quick
    }
}
