import FoundationEssentials
import Glibc
import HTTPTypes

/// Talks to an ACME server for one attempt: signs requests, keeps nonces, and distinguishes failures (RFC 8555 §6).
actor ACMEClient {
    /// The server's answer, and its fields.
    struct Reply {
        let body: [UInt8]
        let status: Int
        /// The location of a created resource.
        let location: String?
        let retryAfter: Duration?
    }

    private let http: HTTPClient
    private let key: ACMEAccountKey
    private let directory: ACMEDirectory
    private let deadline: ContinuousClock.Instant
    private var nonces: [String] = []
    /// The account's URL, once there is one.
    private var account: String?

    /// How often a request is signed again because its nonce was refused.
    private static let maximumNonces = 20
    /// The maximum size of an answer, in bytes.
    static let maximumBodySize = 256 << 10
    /// The maximum time for an exchange.
    private static let exchangeTimeout = Duration.seconds(30)

    init(http: HTTPClient, key: ACMEAccountKey, directory: ACMEDirectory, deadline: ContinuousClock.Instant) {
        self.http = http
        self.key = key
        self.directory = directory
        self.deadline = deadline
    }

    /// Fetches a server's directory.
    static func directory(
        at url: String,
        by http: HTTPClient,
        deadline: ContinuousClock.Instant
    ) async throws -> ACMEDirectory {
        let response = try await http.send(.init(.get, try self.url(url)), limits: self.limits(until: deadline))
        guard response.status == 200 else { throw self.failure(response, of: url) }
        return try self.decode(ACMEDirectory.self, from: response.body, of: url)
    }

    /// Finds this key's account, or makes one (RFC 8555 §7.3).
    func register(email: String?, binding: ACMEAccountBinding?) async throws {
        let url = self.directory.newAccount
        var request = ACMEAccountRequest(contact: email.map { ["mailto:" + $0] })
        request.externalAccountBinding = try binding.map { binding in
            try JSONWebSignature.binding(of: self.key.publicKey, to: url, by: binding)
        }
        if binding == nil, self.directory.meta?.externalAccountRequired == true {
            throw ACMEFailure("the server requires an external account: set -acme-eab-kid and -acme-eab-key")
        }
        let reply = try await self.post(url, JSONWebSignature.json(request))
        guard let location = reply.location else { throw ACMEFailure("the server doesn't say where the account is") }
        self.account = location
    }

    /// Orders a certificate (RFC 8555 §7.4), and returns where the order is.
    func order(_ identifier: ACMEIdentifier, profile: String?) async throws -> (order: ACMEOrder, url: String) {
        let request = ACMEOrderRequest(identifiers: [identifier], profile: profile)
        let reply = try await self.post(self.directory.newOrder, JSONWebSignature.json(request))
        guard let location = reply.location else { throw ACMEFailure("the server doesn't say where the order is") }
        return (try Self.decode(ACMEOrder.self, from: reply.body, of: self.directory.newOrder), location)
    }

    /// Fetches the resource at `url`, and when the server wants to be asked again.
    func fetch<Value: Decodable>(_ type: Value.Type, at url: String) async throws -> (Value, retryAfter: Duration?) {
        let reply = try await self.post(url, [])
        return (try Self.decode(type, from: reply.body, of: url), reply.retryAfter)
    }

    /// Tells the server to check a challenge's answer (RFC 8555 §7.5.1).
    func accept(challenge url: String) async throws {
        _ = try await self.post(url, Array("{}".utf8))
    }

    /// Sends a signing request (RFC 8555 §7.4).
    func finalize(_ url: String, request: [UInt8]) async throws -> (ACMEOrder, retryAfter: Duration?) {
        let payload = try JSONWebSignature.json(ACMEFinalizeRequest(csr: Base64URL.encode(request)))
        let reply = try await self.post(url, payload)
        return (try Self.decode(ACMEOrder.self, from: reply.body, of: url), reply.retryAfter)
    }

    /// Fetches a certificate's chain as PEM (RFC 8555 §7.4.2).
    func download(_ url: String) async throws -> String {
        let reply = try await self.post(url, [], accepting: "application/pem-certificate-chain")
        guard let text = String(validating: reply.body, as: UTF8.self) else {
            throw ACMEFailure("the certificate is not text")
        }
        return text
    }
}

// MARK: Requests

extension ACMEClient {
    /// Posts a signed payload. An empty one asks for the resource (RFC 8555 §6.3). Replaces a refused nonce.
    private func post(_ url: String, _ payload: [UInt8], accepting type: String? = nil) async throws -> Reply {
        let target = try Self.url(url)
        for _ in 0..<Self.maximumNonces {
            let nonce = try await self.nonce()
            let signed = try JSONWebSignature.signed(
                payload,
                to: url,
                nonce: nonce,
                by: self.key,
                account: self.account
            )
            var fields: HTTPFields = [.contentType: "application/jose+json"]
            fields[.accept] = type
            let request = HTTPClient.Request(.post, target, fields: fields, body: try JSONWebSignature.json(signed))
            let response = try await self.http.send(request, limits: Self.limits(until: self.deadline))
            self.keepNonce(of: response)
            if (200...299).contains(response.status) {
                return Reply(
                    body: response.body,
                    status: response.status,
                    location: response.fields[.location],
                    retryAfter: response.retryAfter
                )
            }
            guard Self.problem(in: response)?.isError("badNonce") == true else { throw Self.failure(response, of: url) }
        }
        throw ACMEFailure("the server refuses every nonce")
    }

    /// Returns a nonce that the server sent with an answer, or a new one (RFC 8555 §7.2).
    private func nonce() async throws -> String {
        if let nonce = self.nonces.popLast() { return nonce }
        let url = self.directory.newNonce
        let response = try await self.http.send(
            .init(.head, try Self.url(url)),
            limits: Self.limits(until: self.deadline)
        )
        guard (200...299).contains(response.status) else { throw Self.failure(response, of: url) }
        self.keepNonce(of: response)
        guard let nonce = self.nonces.popLast() else { throw ACMEFailure("the server gives no nonce") }
        return nonce
    }

    private func keepNonce(of response: HTTPClient.Response) {
        // RFC 8555 §6.5.1: what isn't base64url is ignored.
        guard let nonce = response.fields[.replayNonce], Base64URL.isToken(nonce, limit: 1024), self.nonces.count < 8
        else { return }
        self.nonces.append(nonce)
    }

    /// RFC 8555 §6.1: nothing but https.
    private static func url(_ text: String) throws -> HTTPURL {
        guard let url = HTTPURL(text), url.isSecure else {
            throw ACMEFailure("the server names a URL that is not https")
        }
        return url
    }

    private static func limits(until deadline: ContinuousClock.Instant) -> HTTPClient.Limits {
        let left = max(deadline - .now, .milliseconds(1))
        return HTTPClient.Limits(time: min(left, self.exchangeTimeout), bodySize: self.maximumBodySize, redirects: 0)
    }
}

// MARK: Answers

extension ACMEClient {
    private static func decode<Value: Decodable>(
        _ type: Value.Type,
        from body: [UInt8],
        of url: String
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw ACMEFailure("\(self.shown(url)) sends an answer that can't be understood")
        }
    }

    private static func problem(in response: HTTPClient.Response) -> ACMEProblem? {
        try? JSONDecoder().decode(ACMEProblem.self, from: Data(response.body))
    }

    private static func failure(_ response: HTTPClient.Response, of url: String) -> ACMEFailure {
        let reason = self.problem(in: response)?.description
        return ACMEFailure(
            "\(self.shown(url)) answers \(response.status)" + (reason.map { ", \($0)" } ?? ""),
            retryAfter: response.retryAfter
        )
    }

    private static func shown(_ url: String) -> String { HTTPURL(url)?.description ?? "the server" }
}

extension HTTPClient.Response {
    /// Returns how long the server doesn't want to be asked again (RFC 9110 §10.2.3): seconds, or until a date.
    fileprivate var retryAfter: Duration? {
        guard let text = self.fields[.retryAfter] else { return nil }
        return HTTPRetryAfter.duration(text, now: time(nil))
    }
}
