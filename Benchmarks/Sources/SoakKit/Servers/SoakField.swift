import LoadKit
import Glibc

/// The servers' ports and command lines.
struct SoakField: Sendable {
    let program: String
    let directory: String
    /// Over how long a server that is taken over sends its clients away, in seconds.
    let drainSeconds: Int
    let relayPort: UInt16
    private let stunPort: UInt16
    private let httpPort: UInt16
    let peerPort: UInt16
    private let peerSTUNPort: UInt16

    init(program: String, directory: String, drainSeconds: Int) throws {
        self.program = program
        self.directory = directory
        self.drainSeconds = drainSeconds
        self.relayPort = try FreePort.find(SOCK_STREAM)
        self.stunPort = try FreePort.find(SOCK_DGRAM)
        self.httpPort = try FreePort.find(SOCK_STREAM)
        self.peerPort = try FreePort.find(SOCK_STREAM)
        self.peerSTUNPort = try FreePort.find(SOCK_DGRAM)
    }

    var relayURL: String { "https://127.0.0.1:\(self.relayPort)" }
    var peerURL: String { "https://127.0.0.1:\(self.peerPort)" }

    /// Starts the relay, which takes over from the one that runs.
    func startRelay(_ number: Int) throws -> SoakProcess {
        let flags = """
            -a 127.0.0.1:\(self.relayPort) -stun-port \(self.stunPort) -http-port \(self.httpPort) -c key \
            -certdir certs --allow-file allow --deny-file deny --reverify-interval 10s -rate-config rates.json \
            -mesh-with 127.0.0.1:\(self.peerPort) --takeover '\(self.directory)/takeover' \
            --drain-time \(self.drainSeconds)s
            """
        return try self.start(flags, log: "relay-\(number).log")
    }

    /// Starts the other node of the mesh, without lists and rates.
    func startPeer(_ number: Int) throws -> SoakProcess {
        let flags = """
            -a 127.0.0.1:\(self.peerPort) -stun-port \(self.peerSTUNPort) -http-port -1 -c peer-key \
            -certdir peer-certs -mesh-with 127.0.0.1:\(self.relayPort)
            """
        return try self.start(flags, log: "peer-\(number).log")
    }

    private func start(_ flags: String, log: String) throws -> SoakProcess {
        let command = """
            '\(self.program)' -hostname 127.0.0.1 -certmode manual --ca-file ca.crt -mesh-psk-file mesh \(flags)
            """
        return try SoakProcess(command, in: self.directory, log: "\(self.directory)/\(log)")
    }
}
