import Foundation
import TestSupport

/// A server in a network of its own, with clients at either end of its slow line: 4 Mbit/s, as a token bucket lets them
/// through (tc-tbf(8)).
final class ServerOnSlowLine {
    /// Where a client is.
    enum End: String {
        /// On the server's own machine.
        case near
        /// Behind the slow line.
        case far
    }

    private let directory: TemporaryDirectory
    private let security: Security
    private let process: ChildProcess

    /// Starts a server, and returns when it serves.
    init(_ security: Security, flags: [String] = []) throws {
        self.security = security
        self.directory = try TemporaryDirectory()
        let options = ServerOptions(
            certificate: security.isTLS ? .selfSigned : .none,
            settings: [ServerSetting("a", ["0.0.0.0:3340"])],
            flags: flags
        )
        let launch = try options.launch(
            ports: .init(relay: 3340, helper: 3341, stun: 3342),
            directory: self.directory.url
        )
        try self.directory.write(Self.program, to: "line.py")
        self.process = try ChildProcess(
            OwnNetwork.prefix + ["python3", "line.py"] + launch.command,
            environment: launch.variables,
            workingDirectory: self.directory.url,
            directory: self.directory.url,
            name: "line"
        )
        try eventually("the server on a slow line serves", within: .seconds(30)) {
            guard !self.process.hasEnded else { throw KitError.closed("it ended:\n\(self.process.errors)") }
            let ready = [End.near, .far].allSatisfy {
                FileManager.default.fileExists(atPath: self.directory.file($0.rawValue).path)
            }
            return ready && self.process.errors.contains("Serving")
        }
    }

    deinit { self.process.send(signal: SIGKILL) }

    /// Connects to the server from one end of the line.
    func connect(from end: End) throws -> Connection {
        let maker = try MessageSocket(connectingTo: self.directory.file(end.rawValue).path)
        return try Connection(over: try TestSocket(maker.receiveDescriptor()), security: self.security)
    }

    /// Makes the line, runs the server at its near end, and passes connections to it that are made at either end.
    private static let program = #"""
        import os, socket, subprocess, sys

        def run(script):
            subprocess.run(["sh", "-ec", script], check=True)

        def serve(path, address):
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            listener.bind(path + ".new")
            listener.listen()
            os.rename(path + ".new", path)
            while True:
                asker, _ = listener.accept()
                with asker, socket.create_connection((address, 3340)) as connection:
                    socket.send_fds(asker, [b"here"], [connection.fileno()])

        if sys.argv[1] == "far":
            print("in a network of its own", flush=True)
            sys.stdin.readline()
            run("ip addr add 198.18.0.2/30 dev far0; ip link set far0 up")
            serve("far", "198.18.0.1")

        far = subprocess.Popen(
            ["unshare", "-n", "python3", "line.py", "far"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        far.stdout.readline()
        run(f"""
            ip link set lo up
            ip link add near0 type veth peer name far0
            ip link set far0 netns {far.pid}
            ip addr add 198.18.0.1/30 dev near0
            ip link set near0 up
            PATH=$PATH:/sbin tc qdisc add dev near0 root tbf rate 4mbit burst 3028 latency 60ms
        """)
        print("go", file=far.stdin, flush=True)
        server = subprocess.Popen(sys.argv[1:])
        serve("near", "127.0.0.1")
        """#
}
