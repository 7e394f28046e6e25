import TestSupport
import Testing

@Suite("Little memory", .blocking, .serialized, .timeLimit(.minutes(4)))
struct MemoryShortageTests {
    @Test("Newcomers are refused before memory runs out; clients stay, and others come in when there is some again")
    func shortage() throws {
        let server = try ServerProcess(ScarceMemory.options())
        #expect(server.log.contains("The queues' memory is reduced to fit a limit"))
        let (first, second) = (try RawDERPClient(server), try RawDERPClient(server))
        var crowd = try ScarceMemory.fill(server)
        #expect(crowd.count > 100, "\(crowd.count)")
        #expect(server.isRunning)
        try eventually("it says so") { server.log.contains("Memory is short: new connections are refused") }
        // What may wait in queues has been left free.
        let packet = TestKey.random(60_000)
        for client in crowd.prefix(200) { try first.send(packet, to: client.key) }
        for _ in 0..<200 { #expect((try? server.connect().readToEnd(within: Deadline.answer)) == []) }
        for _ in 0..<10 {
            try first.send([1, 2, 3], to: second.key)
            try second.expect(.received([1, 2, 3], from: first.key))
            try crowd[0].send(Frame(.ping, TestKey.random(8)))
        }
        try second.expectQuiet()
        #expect(server.isRunning)
        crowd.removeAll()
        try eventually("others come in", within: .seconds(30)) { (try? RawDERPClient(server).expectQuiet()) != nil }
        let reading = try MetricsReading(of: server)
        #expect(try reading.total("derp_connections_refused_total", #"limit="memory""#) >= 200)
    }

    @Test("Clients that don't read don't end a server whose queues may use more memory than there is")
    func queues() throws {
        let server = try ServerProcess(ScarceMemory.options().with { $0.flags = ["--queue-memory=1TiB"] })
        #expect(server.log.contains("The queues get less memory than --queue-memory"))
        let (first, second) = (try RawDERPClient(server), try RawDERPClient(server))
        var readers: [RawDERPClient] = []
        while readers.count < 150, let reader = try? RawDERPClient(server) { readers.append(reader) }
        let packet = TestKey.random(60_000)
        for _ in 0..<10 {
            for reader in readers { try first.send(packet, to: reader.key) }
            try first.send([1, 2, 3], to: second.key)
            try second.expect(.received([1, 2, 3], from: first.key))
        }
        #expect(server.isRunning)
        withExtendedLifetime(readers) {}
    }

    @Test("A start that has no room for its threads says so", arguments: [true, false])
    func noRoom(ofAddresses: Bool) throws {
        let scarce = try ScarceMemory.options().with {
            if ofAddresses {
                $0.addressSpaceLimit = ($0.addressSpaceLimit ?? 0) - 50 * 1024
            } else {
                ($0.addressSpaceLimit, $0.dataLimit) = (nil, 60_000)
            }
        }
        let (status, errors) = try ServerProcess.runToExit(scarce)
        let limit = ofAddresses ? "-v" : "-d"
        #expect(status == .code(1) && errors.hasPrefix("DERPServer: ulimit \(limit): of "), "\(status) \(errors)")
    }
}
