import AsyncSockets
import HTTPTypes

@testable import DERPKit

/// An ACME server that answers each path as it is told, whatever is asked; `HERE` in an answer is its own URL.
final class ScriptedACME: Sendable {
    struct Answer: Sendable {
        var status = 200
        var fields = ""
        var body = ""
        /// Whether it is kept back until the client gives up.
        var isSilent = false
    }

    private let group: IOLoopGroup
    private let listener: TCPListener
    private let counts: Counts

    private final class Counts: Sendable {
        let byPath = Lock<[String: Int]>([:])
    }

    var url: String { "https://127.0.0.1:\(self.listener.address.port)" }

    /// How often a path was asked for.
    func count(_ path: String) -> Int { self.counts.byPath.withLock { $0[path] ?? 0 } }

    /// What a server says that works, up to the order.
    static let working: [String: Answer] = [
        "/directory": Answer(
            body: #"{"newNonce":"HERE/nonce","newAccount":"HERE/account","newOrder":"HERE/order"}"#
        ),
        "/nonce": Answer(fields: "Replay-Nonce: abc\r\n"),
        "/account": Answer(status: 201, fields: "Location: HERE/account/1\r\nReplay-Nonce: abd\r\n", body: "{}"),
        "/order": Answer(
            status: 201,
            fields: "Location: HERE/order/1\r\nReplay-Nonce: abe\r\n",
            body: #"{"status":"pending","authorizations":["HERE/authorization"],"finalize":"HERE/finalize"}"#
        ),
    ]

    init(_ answers: [String: Answer]) async throws {
        let files = try TestAuthority.shared.get().files
        let tls = try TLSContext(
            serverChainPEM: files["server.crt"] ?? "",
            privateKeyPEM: files["server.key"] ?? ""
        )
        let counts = Counts()
        self.counts = counts
        self.group = try IOLoopGroup(count: 1)
        self.listener = try await TCPListener(
            address: IPEndpoint(.loopbackIPv4, port: 0),
            group: self.group
        ) { stream in
            Task(executorPreference: stream.loop) {
                stream.setDeadline(.seconds(30))
                try? await Self.serve(stream, tls, answers, counts)
                await stream.finish()
            }
        }
    }

    /// The certificates that clients are to trust.
    static func authority() throws -> String { try TestAuthority.shared.get().files["ca.crt"] ?? "" }

    private static func serve(
        _ stream: TCPStream,
        _ tls: TLSContext,
        _ answers: [String: Answer],
        _ counts: Counts
    ) async throws {
        try await stream.startTLS(tls)
        var request: [UInt8] = []
        // The head is enough to know what is asked; the body comes with it, or is lost.
        while !request.contains(10) {
            switch stream.receive() {
            case .bytes(let bytes): request += bytes
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: return
            }
        }
        let line = String(decoding: request.prefix { $0 != 13 }, as: UTF8.self).split(separator: " ")
        guard line.count == 3, let host = stream.localAddress else { return }
        counts.byPath.withLock { $0[String(line[1]), default: 0] += 1 }
        let answer = answers[String(line[1])] ?? Answer(status: 404)
        if answer.isSilent {
            await stream.waitUntilReadable()
            while case .bytes = stream.receive() {}
            await stream.waitUntilReadable()
            return
        }
        let here = "https://\(host)"
        let body = answer.body.replacing("HERE", with: here)
        let fields = answer.fields.replacing("HERE", with: here)
        let isHead = line[0] == "HEAD"
        let head = "HTTP/1.1 \(answer.status) x\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n"
        try await stream.write(Array((isHead ? head : head + body).utf8))
    }
}
