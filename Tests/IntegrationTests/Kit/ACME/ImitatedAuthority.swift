import Foundation
import TestSupport

/// An ACME server that makes accounts, takes down what it is asked for, and can't make an order.
final class ImitatedAuthority {
    private let directory: TemporaryDirectory
    private let process: ChildProcess
    private let port: UInt16

    /// - Parameter bindingKey: a key of an account elsewhere, in base64 without padding (RFC 8555 §7.3.4).
    init(bindingKey: String = "") throws {
        self.directory = try TemporaryDirectory()
        try GeneratedCertificate.write(to: self.directory, hostname: "127.0.0.1")
        try self.directory.write(Self.program, to: "authority.py")
        let process = try ChildProcess(
            ["python3", self.directory.file("authority.py").path, self.directory.url.path, bindingKey],
            directory: self.directory.url,
            name: "authority"
        )
        self.process = process
        var port: UInt16?
        try eventually("the imitated authority listens") {
            guard !process.hasEnded else { throw KitError.closed("it ended:\n\(process.errors)") }
            guard let line = process.output.split(separator: "\n").first else { return false }
            port = UInt16(line)
            return port != nil
        }
        self.port = port ?? 0
    }

    /// The URL of its directory.
    var url: String { "https://127.0.0.1:\(self.port)/dir" }
    /// The certificate by which it is known.
    var certificateFile: String { self.directory.file("127.0.0.1.crt").path }

    /// What was sent to `/account` or `/order` so far, unwrapped. Of an account, `boundKey` and `isBound` tell of its
    /// binding to one elsewhere.
    func requests(_ path: String) -> [[String: Any]] {
        self.process.output.split(separator: "\n").dropFirst().compactMap { line in
            let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard entry?["path"] as? String == "/\(path)" else { return nil }
            return entry?["payload"] as? [String: Any]
        }
    }

    /// The first of them, when there is one.
    func next(_ path: String) throws -> [String: Any] {
        try eventually("a request for \(path)") { !self.requests(path).isEmpty }
        return self.requests(path)[0]
    }

    private static let program = #"""
        import base64, hashlib, hmac, http.server, json, os, ssl, sys

        def text(encoded): return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *arguments): pass
            def answer(self, status, value, location=None):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Replay-Nonce", os.urandom(12).hex())
                self.send_header("Content-Type", "application/problem+json" if status >= 400 else "application/json")
                self.send_header("Content-Length", str(len(body)))
                if location: self.send_header("Location", self.server.base + location)
                self.end_headers()
                if self.command != "HEAD": self.wfile.write(body)
            def do_HEAD(self): self.answer(200, {})
            def do_GET(self):
                base = self.server.base
                self.answer(200, {
                    "newNonce": base + "/nonce", "newAccount": base + "/account", "newOrder": base + "/order",
                    "revokeCert": base + "/revoke", "keyChange": base + "/key",
                    "meta": {"profiles": {"short": "a week", "shortlived": "a week"}},
                })
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                payload = json.loads(text(message["payload"]) or b"{}")
                binding = payload.get("externalAccountBinding")
                if binding:
                    signed = (binding["protected"] + "." + binding["payload"]).encode()
                    mac = hmac.new(text(sys.argv[2]), signed, hashlib.sha256).digest()
                    payload["boundKey"] = json.loads(text(binding["protected"]))["kid"]
                    payload["isBound"] = mac == text(binding["signature"])
                print(json.dumps({"path": self.path, "payload": payload}), flush=True)
                if self.path == "/account": return self.answer(201, {"status": "valid"}, location="/account/1")
                self.answer(500, {"type": "urn:ietf:params:acme:error:serverInternal", "detail": "not today"})

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1] + "/127.0.0.1.crt", sys.argv[1] + "/127.0.0.1.key")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.base = "https://127.0.0.1:%d" % server.server_address[1]
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """#
}
