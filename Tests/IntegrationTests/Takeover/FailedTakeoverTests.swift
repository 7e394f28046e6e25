import Foundation
import TestSupport
import Testing

@Suite("Failed takeovers", .light, .blocking, .serialized, .timeLimit(.minutes(2)))
struct FailedTakeoverTests {
    private static let version = "derp-takeover/1"

    @Test("A successor that can't start leaves the old server and its clients as they are")
    func failingSuccessor() throws {
        let line = try ServerLine(.plain)
        let client = try RawDERPClient(line.current)
        // It doesn't come to the sockets with a bad key, and has them when a port is taken.
        try line.directory.write("no key", to: "bad.key")
        let taken = try PortReservation(.udp)
        let badKey = try line.successor { $0.flags += ["-c", line.directory.file("bad.key").path] }
        let badPort = try line.successor { $0.flags += ["-stun=true", "-stun-port", String(taken.port)] }
        for options in [badKey, badPort] {
            let (status, errors) = try ServerProcess.runToExit(options)
            #expect(status == .code(1), "\(errors)")
        }
        try eventually("the failure is counted") {
            try MetricsReading(of: line.current).total("derp_takeovers_total", "refused") == 1
        }
        try client.expectQuiet()
        try RawDERPClient(line.current).expectQuiet()
        #expect(try line.takeOver().waitForExit() == .code(0))
    }

    @Test("Nonsense at the socket is refused and counted, and harms nobody")
    func nonsense() throws {
        let line = try ServerLine(.plain)
        let client = try RawDERPClient(line.current)
        let silent = try MessageSocket(connectingTo: line.path)
        let openings: [[UInt8]] = [
            Array("\(Self.version) hell".utf8), Array("\(Self.version) serving".utf8), Array("hello".utf8),
            Array("derp-takeover/2 hello".utf8), Array("\(Self.version) hello ".utf8), [0], TestKey.random(900),
            [UInt8](repeating: 0x41, count: 100_000),
        ]
        for opening in openings {
            let socket = try MessageSocket(connectingTo: line.path)
            socket.send(opening)
            try socket.expectClosed()
        }
        // Silence is the last: nothing tells when the server has noticed that it will get no answer.
        for answer in ["\(Self.version) hello", "serving", "\(Self.version) complete 3", ""] {
            let socket = try MessageSocket(connectingTo: line.path)
            socket.send("\(Self.version) hello")
            try socket.receive(through: "complete")
            // Only one may have the sockets at a time.
            let other = try MessageSocket(connectingTo: line.path)
            other.send("\(Self.version) hello")
            #expect(try other.receive() == "")
            guard !answer.isEmpty else { continue }
            socket.send(answer)
            try socket.expectClosed()
        }
        try silent.expectClosed()
        let said = line.current.said("A takeover failed")
        #expect((10...12).contains(said.lines), "\(said)")
        // Each opening, two for each answer, and the silent one.
        try eventually("all are counted") {
            try MetricsReading(of: line.current).total("derp_takeovers_total", "refused") == 17
        }
        try client.expectQuiet()
        #expect(try line.takeOver().waitForExit() == .code(0))
    }

    @Test("A server that finds nonsense in its predecessor's place says so and ends")
    func nonsensicalPredecessor() throws {
        let answers = [
            "", "no", "\(Self.version) complete 1", "\(Self.version) complete -1", "\(Self.version) hello",
            "\(Self.version) sockets relay 127.0.0.1:1 2", String(repeating: "x", count: 5000),
        ]
        for answer in answers {
            let directory = try TemporaryDirectory()
            let path = directory.file("takeover").path
            let listener = try MessageSocket(listeningAt: path)
            let options = ServerOptions.plain.with { $0.flags = ["--takeover", path] }
            let thread = Knocking(1) {
                guard let socket = try? listener.accept(within: .milliseconds(100)) else { return }
                _ = try socket.receive()
                socket.send(answer)
                try socket.expectClosed()
            }
            let (status, errors) = try ServerProcess.runToExit(options)
            #expect(status == .code(1))
            #expect(
                errors.hasPrefix("DERPServer: --takeover: ") && errors.contains("does not hand over its sockets"),
                "\(errors)"
            )
            _ = try thread.stop()
        }
    }

    /// What a predecessor may hand over as the socket of the relay's port.
    enum HandedSocket: CaseIterable, Sendable {
        case right, ofAnotherPort, datagrams, unbound
    }

    @Test("Only a socket that is what the predecessor says it is gets served with", arguments: HandedSocket.allCases)
    func wrongSocket(kind: HandedSocket) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("takeover").path
        let listener = try MessageSocket(listeningAt: path)
        let right = try PortReservation(.tcp)
        let other = try PortReservation(.tcp)
        let datagrams = try PortReservation(.udp, port: right.port)
        let unbound = try SocketKind.tcp.makeDescriptor(family: Loopback.ipv4.family)
        defer { close(unbound) }
        let file =
            switch kind {
            case .right: right.descriptor
            case .ofAnotherPort: other.descriptor
            case .datagrams: datagrams.descriptor
            case .unbound: unbound
            }
        let options = ServerOptions.plain.with {
            $0.flags = ["--takeover", path]
            $0.loops = 1
            $0.ports = .init(relay: right.port, helper: 0, stun: 0)
        }
        let answer = "\(Self.version) sockets relay 127.0.0.1:\(right.port)"
        let thread = Knocking(1) {
            guard let socket = try? listener.accept(within: .milliseconds(100)) else { return }
            _ = try socket.receive()
            socket.send(answer, with: file)
            socket.send("\(Self.version) complete 1")
            try socket.expectClosed()
        }
        if kind == .right {
            let server = try ServerProcess(options)
            try RawDERPClient(server).expectQuiet()
        } else {
            let (status, errors) = try ServerProcess.runToExit(options)
            #expect(status == .code(1))
            #expect(errors.hasPrefix("DERPServer: --takeover: ") && errors.contains("makes no sense"), "\(errors)")
        }
        _ = try thread.stop()
    }

    @Test("A socket that others could put their own in place of is refused; a stale one is replaced")
    func paths() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("takeover").path
        let options = ServerOptions.plain.with { $0.flags = ["--takeover", path] }
        func refusal() throws -> String {
            let (status, errors) = try ServerProcess.runToExit(options)
            #expect(status == .code(1))
            return errors
        }
        chmod(directory.url.path, 0o770)
        #expect(try refusal().contains("only its owner can write"))
        chmod(directory.url.path, 0o700)
        try directory.write("precious", to: "takeover")
        #expect(try refusal().contains("is not a socket"))
        #expect(try directory.contents(of: "takeover") == "precious")
        try FileManager.default.removeItem(atPath: path)
        _ = try MessageSocket(listeningAt: path)
        let server = try ServerProcess(options)
        #expect(try directory.permissions(of: "takeover") == 0o600)
        #expect(server.isRunning)
    }
}
