import Foundation
import TestSupport

/// A process that answers on a Unix socket as tailscaled does, for the node keys in a file.
final class ImitatedTailscaled {
    let socketPath: String
    private let directory: TemporaryDirectory
    private var process: ChildProcess?

    init(_ directory: TemporaryDirectory) throws {
        self.directory = directory
        self.socketPath = directory.file("tailscaled.sock").path
        try directory.write("", to: "known")
        try directory.write(Self.program, to: "tailscaled.py")
        try self.start()
    }

    func start() throws {
        let process = try ChildProcess(
            ["python3", self.directory.file("tailscaled.py").path, self.socketPath, self.directory.file("known").path],
            directory: self.directory.url,
            name: "tailscaled"
        )
        self.process = process
        try eventually("the imitated tailscaled listens") {
            guard !process.hasEnded else { throw KitError.closed("it ended:\n\(process.errors)") }
            return process.output.contains("ready")
        }
    }

    func stop() throws {
        self.process?.send(signal: SIGKILL)
        _ = try self.process?.waitForExit()
        try FileManager.default.removeItem(atPath: self.socketPath)
    }

    func know(_ keys: TestKey...) throws {
        try self.directory.write(keys.map(\.text).joined(separator: "\n"), to: "known")
    }

    /// As strict as tailscaled: it refuses any other Host, and whatever says that it comes from a page.
    private static let program = #"""
        import http.server, json, os, socketserver, sys, urllib.parse

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *arguments): pass
            def answer(self, status, kind, body, chunked=False):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Tailscale-Cap", "145")
                if chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                    self.end_headers()
                    self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
                else:
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
            def do_GET(self):
                url = urllib.parse.urlparse(self.path)
                foreign = self.headers["Referer"] or self.headers["Origin"]
                if foreign or self.headers["Host"] != "local-tailscaled.sock" or url.path != "/localapi/v0/whois":
                    return self.answer(403, "text/plain", b"invalid localapi request\n")
                key = urllib.parse.parse_qs(url.query).get("addr", [""])[0]
                if key not in open(sys.argv[2]).read().split():
                    return self.answer(404, "text/plain; charset=utf-8", b"no match for IP:port\n")
                node = {"Node": {"Key": key, "Padding": "x" * 4000}, "UserProfile": {"LoginName": "a@example"}}
                self.answer(200, "application/json", json.dumps(node, indent="\t").encode(), chunked=True)

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            def get_request(self):
                connection, _ = super().get_request()
                return connection, ("", 0)

        server = Server(sys.argv[1], Handler)
        print("ready", flush=True)
        server.serve_forever()
        """#
}
