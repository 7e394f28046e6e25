import Foundation
import TestSupport

/// A running server of the test's own, on free loopback ports; it is stopped at the latest when this value goes.
final class ServerProcess {
    /// What it was started with, completed by the ports and directory that were chosen.
    let options: ServerOptions
    let ports: ServerOptions.Ports
    let directory: TemporaryDirectory
    private let process: ChildProcess

    /// Starts a server and returns when it answers.
    init(_ options: ServerOptions = ServerOptions()) throws {
        let directory = try options.directory ?? TemporaryDirectory()
        var attemptsLeft = options.ports == nil ? 5 : 1
        while true {
            attemptsLeft -= 1
            let ports = try options.ports ?? Self.freePorts(on: options.address)
            let process = try Self.launch(options, ports: ports, directory: directory)
            do {
                try Self.waitUntilReady(process, options: options, ports: ports)
            } catch KitError.closed where attemptsLeft > 0 && process.errors.contains("in use") {
                // Somebody else took a port between the choice and the start.
                continue
            }
            self.process = process
            self.ports = ports
            self.directory = directory
            self.options = options.with {
                $0.ports = ports
                $0.directory = directory
            }
            return
        }
    }

    deinit {
        self.process.send(signal: SIGKILL)
    }

    /// Runs a server that is expected to refuse its settings, to its end.
    static func runToExit(
        _ options: ServerOptions,
        within limit: Duration = Deadline.answer
    ) throws -> (status: ProcessExit, errors: String) {
        let end = try Self.runToEnd(options, within: limit)
        return (end.status, end.errors)
    }

    /// Runs a server that is expected to end by itself.
    static func runToEnd(
        _ options: ServerOptions,
        within limit: Duration = Deadline.answer
    ) throws -> (status: ProcessExit, output: String, errors: String) {
        let directory = try options.directory ?? TemporaryDirectory()
        let ports = try options.ports ?? Self.freePorts(on: options.address)
        let process = try Self.launch(options, ports: ports, directory: directory)
        return (try process.waitForExit(within: limit), process.output, process.errors)
    }

    /// The port that relays.
    var port: UInt16 { self.ports.relay }
    /// How a client reaches ``port``, unless a test says otherwise.
    var security: Security { self.options.certificate == .none ? .plain : .tls13 }
    var pid: pid_t { self.process.pid }
    var isRunning: Bool { !self.process.hasEnded }
    /// What it has logged.
    var log: String { self.process.errors + self.process.output }

    func usage() throws -> ProcessUsage { try ProcessUsage(of: self.process.pid) }

    /// Connects to ``port``.
    func connect(_ security: Security? = nil, receiveBuffer: Int32? = nil) throws -> Connection {
        try Connection(
            port: self.port,
            on: self.options.address,
            security: security ?? self.security,
            receiveBuffer: receiveBuffer
        )
    }

    func send(signal: Int32) {
        self.process.send(signal: signal)
    }

    func waitForExit(within limit: Duration = Deadline.answer) throws -> ProcessExit {
        try self.process.waitForExit(within: limit)
    }

    /// Asks it to end, and waits until it has.
    @discardableResult
    func stop() throws -> ProcessExit {
        self.send(signal: SIGTERM)
        return try self.waitForExit()
    }

    private static func launch(
        _ options: ServerOptions,
        ports: ServerOptions.Ports,
        directory: TemporaryDirectory
    ) throws -> ChildProcess {
        let launch = try options.launch(ports: ports, directory: directory.url)
        return try ChildProcess(
            launch.command,
            environment: launch.variables,
            directory: directory.url,
            name: "server"
        )
    }

    private static func freePorts(on address: Loopback) throws -> ServerOptions.Ports {
        // All are held until all are chosen, so that they differ.
        let relay = try PortReservation(.tcp, on: address)
        let helper = try PortReservation(.tcp, on: address)
        let stun = try PortReservation(.udp, on: address)
        return .init(relay: relay.port, helper: helper.port, stun: stun.port)
    }

    /// Waits until the server says that it serves, and each of its ports answers.
    private static func waitUntilReady(
        _ process: ChildProcess,
        options: ServerOptions,
        ports: ServerOptions.Ports
    ) throws {
        // Its own word first: at its ports another test's server may answer, which took one before this server could.
        try eventually("the server serves", within: .seconds(30)) {
            if process.errors.contains("Serving") { return true }
            guard !process.hasEnded else { throw KitError.closed("server ended at start:\n\(process.errors)") }
            return false
        }
        var endpoints: [(port: UInt16, security: Security)] = []
        if options.certificate != .letsencrypt {
            endpoints.append((ports.relay, options.certificate == .none ? .plain : .tls13))
        }
        if options.hasHelperPort { endpoints.append((ports.helper, .plain)) }
        for endpoint in endpoints {
            try eventually("the server answers on port \(endpoint.port)", within: .seconds(30)) {
                guard !process.hasEnded else { throw KitError.closed("server ended at start:\n\(process.errors)") }
                return Self.answers(on: endpoint.port, options.address, endpoint.security)
            }
        }
        guard options.hasSTUN else { return }
        try eventually("the server answers STUN on port \(ports.stun)", within: .seconds(30)) {
            let probe = try STUNProbe(serverPort: ports.stun, on: options.address)
            probe.send(STUNRequest().encoded)
            return (try? probe.receive(within: .milliseconds(50))) != nil
        }
    }

    private static func answers(on port: UInt16, _ address: Loopback, _ security: Security) -> Bool {
        guard let connection = try? Connection(port: port, on: address, security: security) else { return false }
        return (try? HTTPRequest("/generate_204").send(over: connection))?.status == 204
    }
}
