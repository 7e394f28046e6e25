import Glibc
import TestSupport
import Testing

@Suite("Takeover", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct TakeoverTests {
    private static let options = ServerOptions(hasHelperPort: true, hasSTUN: true)

    @Test("Clients that connect or ask STUN at any moment are served, with more loops, with fewer, and twice in a row")
    func sockets() throws {
        let line = try ServerLine(Self.options)
        let ports = line.current.ports
        let relay = Knocking(3) {
            let connection = try Connection(port: ports.relay, on: .ipv4, security: .tls13)
            let status = try HTTPRequest("/generate_204").send(over: connection).status
            guard status == 204 else { throw KitError.unexpected("status \(status)") }
        }
        let helper = Knocking(1) {
            let connection = try Connection(port: ports.helper, on: .ipv4, security: .plain)
            let status = try HTTPRequest("/generate_204").send(over: connection).status
            guard status == 204 else { throw KitError.unexpected("status \(status)") }
        }
        let stun = Knocking(1) {
            let probe = try STUNProbe(serverPort: ports.stun)
            probe.send(STUNRequest().encoded)
            _ = try probe.receive(within: .seconds(5) * Sanitizer.slowness)
        }
        for loops in [4, 1, 2] {
            let before = relay.successes
            let previous = try line.takeOver { $0.loops = loops }
            #expect(try previous.waitForExit() == .code(0))
            try eventually("somebody is served") { relay.successes > before + 10 }
            #expect(try MetricsReading(of: line.current).total("derp_takeover_inherited_sockets") >= 6)
        }
        for knocking in [relay, helper, stun] { #expect(try knocking.stop() == []) }
        #expect(try line.current.stop() == .code(0))
    }

    @Test("Clients are warned and sent away one by one, behind what waits for them; the successor serves new ones")
    func clients() throws {
        let line = try ServerLine(.plain, drainTime: "2s")
        let clients = try (0..<10).map { _ in try RawDERPClient(line.current) }
        defer { withExtendedLifetime(clients) {} }
        let previous = try line.takeOver()
        let start = ContinuousClock.now
        let late = try RawDERPClient(line.current)
        var times: [Duration] = []
        for client in clients {
            #expect(try client.next().type == .restarting)
            #expect(client.expectClosed().isEmpty)
            times.append(ContinuousClock.now - start)
        }
        // Read one after the other, each time is that of the latest client so far.
        #expect(times[0] < times[9] && times[9] > .seconds(1))
        #expect(try previous.waitForExit() == .code(0))
        try late.expectQuiet()
        #expect(try MetricsReading(of: line.current).total("derp_clients") == 1)
    }

    @Test("An old server that is stopped while it sends its clients away ends at once")
    func stoppedMeanwhile() throws {
        let line = try ServerLine(.plain, drainTime: "10m")
        let client = try RawDERPClient(line.current)
        let previous = try line.takeOver()
        previous.send(signal: SIGTERM)
        #expect(try client.next().type == .restarting)
        #expect(try previous.waitForExit() == .code(0))
        #expect(try RawDERPClient(line.current).framesBeforePong().isEmpty)
    }

    @Test("A role that is new is bound, and one that is left is closed")
    func roles() throws {
        let line = try ServerLine(ServerOptions(hasHelperPort: true))
        let ports = line.current.ports
        let previous = try line.takeOver {
            $0.hasHelperPort = false
            $0.hasSTUN = true
        }
        #expect(try previous.waitForExit() == .code(0))
        #expect(throws: KitError.self) { try Connection(port: ports.helper, on: .ipv4, security: .plain) }
        let probe = try STUNProbe(serverPort: ports.stun)
        probe.send(STUNRequest().encoded)
        #expect(try probe.receive().count == 32)
    }
}
