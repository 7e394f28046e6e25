import CLoad
import FoundationEssentials
import Glibc

/// How to start a server: a shell command, and a name for the report.
public struct ServerRecipe: Hashable, Sendable {
    public let name: String
    /// The shell command. `{port}` stands for a free TCP port, `{stun-port}` for a free UDP port, `{dir}` for an empty
    /// directory, `{loops}` for ``loops``.
    public let command: String
    public let kind: Kind
    /// The number of event loops, if the command has a place for it.
    public var loops = 1

    public enum Kind: Hashable, Sendable {
        /// A server that speaks DERP.
        case server
        /// A relay between pairs of connections that doesn't read frames: see ``PairGreeting``.
        case limit
        /// A proxy that passes each connection on to `{sink-port}` on 127.0.0.1, over TLS if it came over TLS: see
        /// ``Sink``. Its certificate is in `{dir}/server.pem`.
        case proxy
    }

    /// Parses `NAME=COMMAND`.
    ///
    /// - Throws: ``LoadError`` if there is no name, or no `{port}` in the command.
    public init(_ text: String, _ kind: Kind = .server) throws {
        guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
            throw LoadError("\(text): not NAME=COMMAND")
        }
        self.name = String(text[..<sign])
        self.command = String(text[text.index(after: sign)...])
        self.kind = kind
        guard self.command.contains("{port}") else {
            throw LoadError("\(self.name): the command must say where {port} goes")
        }
        guard kind != .proxy || self.command.contains("{sink-port}") else {
            throw LoadError("\(self.name): the command must say where {sink-port} goes")
        }
    }

    /// Whether the command uses ``loops``.
    public var takesLoops: Bool { self.command.contains("{loops}") }

    /// Starts the server on `processors`, with `environment` added to this process's own.
    ///
    /// - Parameters:
    ///   - processors: The processors, 0 for any.
    ///   - sink: The destination of a proxy's connections.
    func start(
        on processors: UInt64,
        environment: [String: String] = [:],
        sink: Sink? = nil
    ) throws -> ServerProcess {
        let directory = try TemporaryDirectory.make()
        if sink != nil { try LocalCertificate(in: directory).write(to: directory + "/server.pem") }
        let port = try FreePort.find(SOCK_STREAM)
        let stunPort = try FreePort.find(SOCK_DGRAM)
        let settings = environment.sorted { $0.key < $1.key }.map { "export \($0.key)='\($0.value)'; " }.joined()
        let command = (settings + self.command)
            .replacing("{port}", with: "\(port)")
            .replacing("{stun-port}", with: "\(stunPort)")
            .replacing("{dir}", with: directory)
            .replacing("{sink-port}", with: "\(sink?.port ?? 0)")
            .replacing("{loops}", with: "\(self.loops)")
        let here = FileManager.default.currentDirectoryPath
        let started = cload_now()
        let pid = cload_spawn(command, here, directory + "/derp-load.log", processors)
        guard pid > 0 else { throw LoadError("\(self.name) can't be started") }
        return ServerProcess(
            name: self.name,
            login: sink.map { .through($0) } ?? (self.kind == .server ? .derp(.upgrade) : .pair),
            leader: pid,
            port: port,
            stunPort: stunPort,
            directory: directory,
            started: started
        )
    }
}
