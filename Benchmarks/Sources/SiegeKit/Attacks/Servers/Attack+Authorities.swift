import FoundationEssentials
import Glibc
import LoadKit

extension Attack {
    static let acmeHangs = Self.authority("acme-hangs", "says nothing") { _, field in
        while !field.isOver { field.sleep(0.1) }
    }

    static let acmeEndless = Self.authority("acme-endless", "answers without end") { secure, field in
        _ = secure.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        let many = [UInt8](repeating: UInt8(ascii: " "), count: 64 * 1024)
        while !field.isOver, secure.send(many) {}
    }

    static let acmeWords = Self.authority("acme-words", "refuses with 200 KB of control characters") { secure, field in
        let words = String(repeating: "\\u001b[31m\\n\\u202e", count: 5500)
        let problem = "{\"type\":\"urn:ietf:params:acme:error:\(words)\",\"detail\":\"\(words)\"}"
        _ = secure.send(HostileServer.response(problem, status: "429 No", fields: ["Connection: close"]))
    }

    /// Makes an attack by a certificate authority. The server asks it at its start and again every second or two,
    /// because its certificate is from another authority.
    private static func authority(
        _ name: String,
        _ what: String,
        serve: @escaping @Sendable (SecureWire, Field) -> Void
    ) -> Attack {
        let settings = ServerSettings(
            flags: [
                "-acme-ip-certs", "--acme-directory", "https://127.0.0.1:{side-port}/directory", "--acme-retry-delay",
                "1s", "--ca-file", "{dir}/127.0.0.1.crt",
            ],
            certificates: "-certmode letsencrypt -certdir {dir}/acme"
        )
        let count = Counter()
        return Attack(
            name,
            .trusted,
            "a certificate authority \(what)",
            settings: settings,
            leastSeconds: 8,
            prepare: { field in
                let tls = try Self.makeCertificates(field)
                try HostileServer.start(field) { wire in
                    guard let secure = tls.accept(wire) else { return }
                    _ = count.next()
                    Self.answer(secure, field, serve)
                    secure.close()
                }
            },
            play: { field in
                field.sleepUntilOver()
                field.costs.note("\(count.value) requests in all")
                Self.expectCleanLog(field)
            }
        )
    }

    /// Answers the first requests to an authority correctly, because the texts of refusals there are not shown.
    private static func answer(
        _ secure: SecureWire,
        _ field: Field,
        _ serve: (SecureWire, Field) -> Void
    ) {
        guard let request = secure.receive() else { return }
        let line = String(decoding: request.prefix { $0 != 0x0d }, as: UTF8.self)
        let base = "https://127.0.0.1:\(field.ports.side)"
        if line.contains("/directory") {
            let names = ["newNonce", "newAccount", "newOrder", "revokeCert", "keyChange"]
            let members = names.map { "\"\($0)\":\"\(base)/\($0)\"" }.joined(separator: ",")
            _ = secure.send(HostileServer.response("{\(members)}", fields: ["Connection: close"]))
        } else if line.contains("/newNonce") {
            let nonce = "Replay-Nonce: bm9uY2U"
            _ = secure.send(HostileServer.response("", fields: [nonce, "Connection: close"]))
        } else {
            serve(secure, field)
        }
    }

    private static func makeCertificates(_ field: Field) throws -> SecureServer {
        let directory = field.directory
        let certificate = try LocalCertificate(in: directory)
        mkdir(directory + "/acme", 0o700)
        let stored =
            "Issued by https://elsewhere.example/directory\n\(certificate.privateKeyPEM)\(certificate.chainPEM)"
        let path = directory + "/acme/127.0.0.1"
        try Data(stored.utf8).write(to: URL(filePath: path))
        chmod(path, 0o600)
        return try SecureServer(chain: directory + "/127.0.0.1.crt", key: directory + "/127.0.0.1.key")
    }
}
