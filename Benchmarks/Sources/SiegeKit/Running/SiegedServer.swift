import AsyncSockets
import CLoad
import FoundationEssentials
import Glibc
import LoadKit

/// A server under attack, and its attacker, which may have to start first.
final class SiegedServer: Sendable {
    let ports: Field.Ports
    let directory: String
    let target: Target
    private let server: ProcessGroup
    private let attacker: ProcessGroup

    var pid: Int32 { self.server.leader }
    var attackerPid: Int32 { self.attacker.leader }

    /// Starts the server and the attacker.
    ///
    /// - Parameters:
    ///   - program: The path of the server.
    ///   - seconds: How long the attack lasts once it has begun.
    ///   - loop: The loop for checking whether the server serves.
    init(_ attack: Attack, program: String, seconds: Double, on loop: IOLoop) async throws {
        let directory = try TemporaryDirectory.make()
        let ports = Field.Ports(
            relay: try FreePort.find(SOCK_STREAM),
            stun: try FreePort.find(SOCK_DGRAM),
            http: try FreePort.find(SOCK_STREAM),
            side: try FreePort.find(SOCK_STREAM)
        )
        self.directory = directory
        self.ports = ports
        let settings = attack.settings
        for (name, text) in settings.files {
            let path = URL(filePath: directory + "/" + name)
            try Data(text.utf8).write(to: path)
            chmod(path.path, 0o600)
        }
        self.attacker = try ProcessGroup(
            "exec \(Self.attackCommand(attack, ports, directory, seconds))",
            in: directory,
            log: directory + "/attacker.log"
        )
        self.target = try Target(url: "\(settings.isTLS ? "https" : "http")://127.0.0.1:\(ports.relay)")
        do {
            try await Self.wait(for: directory + "/ready", 10, "the attacker isn't ready")
            self.server = try ProcessGroup(
                Self.serverCommand(settings, program, ports, directory),
                in: directory,
                log: directory + "/server.log"
            )
        } catch {
            await self.attacker.stop(within: 1)
            TemporaryDirectory.remove(directory)
            throw error
        }
        try await self.waitUntilReady(on: loop)
    }

    private static func attackCommand(
        _ attack: Attack,
        _ ports: Field.Ports,
        _ directory: String,
        _ seconds: Double
    ) -> String {
        let numbers = [ports.relay, ports.stun, ports.http, ports.side].map { "\($0)" }.joined(separator: " ")
        let own = CommandLine.arguments.first ?? "derp-siege"
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? own
        return "'\(program)' attack '\(attack.name)' \(numbers) '\(directory)' \(seconds)"
    }

    private static func serverCommand(
        _ settings: ServerSettings,
        _ program: String,
        _ ports: Field.Ports,
        _ directory: String
    ) -> String {
        let flags = settings.flags.map { flag in
            let text = flag.replacing("{dir}", with: directory).replacing("{side-port}", with: "\(ports.side)")
            return "'\(text)'"
        }
        let certificates = settings.certificates.replacing("{dir}", with: directory)
        let http = settings.isTLS ? "-http-port \(ports.http)" : ""
        let server = """
            '\(program)' -a 127.0.0.1:\(ports.relay) -stun-port \(ports.stun) \(http) -hostname 127.0.0.1 \
            -c '\(directory)/key' \(certificates) \(flags.joined(separator: " "))
            """
        let shell = settings.shell.isEmpty ? "" : settings.shell + "; "
        switch settings.log {
        case .file: return "\(shell)exec \(server)"
        case .stalledPipe:
            return "mkfifo stalled && { sleep 3600 < stalled & } && \(shell)exec \(server) 2> stalled"
        case .fullDisk:
            let fill = "mount -t tmpfs -o size=256k none full && head -c 1M /dev/zero > full/fill 2>&- ; "
            return "mkdir full && \(shell)exec unshare --mount sh -c \"\(fill) exec \(server) 2>> full/log\""
        }
    }

    private static func wait(for path: String, _ seconds: Double, _ failure: String) async throws {
        let end = cload_now() + UInt64(seconds * 1e9)
        while access(path, F_OK) != 0 {
            guard cload_now() < end else { throw SiegeError(failure) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func waitUntilReady(on loop: IOLoop) async throws {
        let end = cload_now() + 20_000_000_000
        var last = ""
        while cload_now() < end {
            if self.server.hasEnded {
                last = "it ended at once"
                break
            }
            switch await Newcomers.logIn(to: self.target, 0, on: loop) {
            case .success: return
            case .failure(let error): last = error.description
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        let log = TextFile.read(self.directory + "/server.log").suffix(2000)
        await self.stop()
        throw SiegeError("the server doesn't serve: \(last)\n\(log)")
    }

    /// Starts the attack.
    func begin() throws {
        try Data().write(to: URL(filePath: self.directory + "/go"))
    }

    /// Returns the attacker's account, which must arrive within 15 s after the end.
    func account() async throws -> Costs.Account {
        let path = self.directory + "/account"
        do { try await Self.wait(for: path, 15, "") } catch {
            let log = TextFile.read(self.directory + "/attacker.log").suffix(2000)
            throw SiegeError("the attacker gave no account\n\(log)")
        }
        return try JSONDecoder().decode(Costs.Account.self, from: Data(TextFile.read(path).utf8))
    }

    /// Whether the server has ended by itself.
    var hasEnded: Bool { kill(self.pid, 0) != 0 || self.server.hasEnded }

    /// The end of the server's log, in one line.
    var logTail: String {
        let tail = TextFile.read(self.directory + "/server.log").suffix(400)
        return tail.split(whereSeparator: { $0.isNewline || $0.isWhitespace }).joined(separator: " ")
    }

    /// Ends both processes if they still run, and removes the directory.
    func stop() async {
        await self.attacker.stop(within: 0.5)
        await self.server.stop(within: 7)
        TemporaryDirectory.remove(self.directory)
    }
}
