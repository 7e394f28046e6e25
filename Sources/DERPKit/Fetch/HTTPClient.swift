import AsyncSockets
import HTTPTypes

/// A small, strict client of HTTP/1.1 (RFC 9112), for maps, admission, ACME servers and checks. It has one connection
/// for each request, limits on time and memory for everything, no cookies, no proxies, and no compression.
package struct HTTPClient: Sendable {
    private let loop: IOLoop
    private let tls: TLSContext
    private let resolver: HostResolver

    /// - Parameters:
    ///   - loop: The loop that serves the connections.
    ///   - authoritiesPEM: The certificates of authorities to trust besides the system's, as PEM.
    /// - Throws: ``DERPError`` with code `certificate` if `authoritiesPEM` contains none, or something else.
    package init(
        on loop: IOLoop,
        authoritiesPEM: String? = nil,
        resolver: HostResolver = .shared
    ) throws(DERPError) {
        self.loop = loop
        self.resolver = resolver
        do {
            self.tls = try TLSContext(
                clientVerification: authoritiesPEM.map { .systemAnd(authoritiesPEM: $0) } ?? .system
            )
        } catch {
            throw DERPError(.certificate, error.message)
        }
    }

    /// Sends `request` and returns the answer, whatever its status. Follows redirects of GET and HEAD, but not from
    /// `https` to `http`. The exchange ends if the task is cancelled.
    ///
    /// - Throws: ``DERPError``: `timeout` and `connection` if the server can't be reached, its certificate isn't
    ///   trusted, or it says nothing; `exhausted` if this machine has run out of what asking needs; `cancelled`;
    ///   `incompleteAnswer` if the answer breaks off or takes too long after it has begun; `protocolViolation` if the
    ///   answer is malformed, too large, or one redirect too many.
    package func send(_ request: Request, limits: Limits = Limits()) async throws(DERPError) -> Response {
        let deadline = ContinuousClock.now + limits.time
        var request = request
        var redirects = 0
        while true {
            let response = try await self.exchange(request, limits: limits, deadline: deadline)
            guard let location = response.redirect, request.method == .get || request.method == .head else {
                return response
            }
            guard redirects < limits.redirects else {
                throw DERPError(.protocolViolation, "\(request.url) redirects too often")
            }
            guard let url = request.url.resolving(location) else {
                throw DERPError(
                    .protocolViolation,
                    "\(request.url) redirects to something that is not an http or https URL"
                )
            }
            guard url.isSecure || !request.url.isSecure else {
                throw DERPError(.protocolViolation, "\(request.url) redirects from https to http")
            }
            redirects += 1
            request = request.redirected(to: url)
        }
    }

    /// Sends one request on its own connection.
    private func exchange(
        _ request: Request,
        limits: Limits,
        deadline: ContinuousClock.Instant
    ) async throws(DERPError) -> Response {
        let addresses = try await self.resolver.addresses(of: request.url.name, until: deadline)
        let exchange = HTTPExchange(request, bodyLimit: limits.bodySize, deadline: deadline, on: self.loop)
        let tls = request.url.isSecure ? self.tls : nil
        do {
            return try await withTaskCancellationHandler {
                // The task resumes on the loop and not by way of the global pool, which may be busy for a long time.
                try await withTaskExecutorPreference(self.loop) {
                    try await exchange.perform(to: addresses, tls: tls)
                }
            } onCancel: {
                Task(executorPreference: self.loop) { await exchange.cancel() }
            }
        } catch let error as DERPError {
            throw DERPError(error.code, "\(request.url): \(error.message)")
        } catch {
            throw DERPError(.connection, "\(request.url): \(error)")
        }
    }
}

extension HTTPClient.Response {
    /// Returns where a redirect leads, or `nil` for an answer that isn't a redirect.
    fileprivate var redirect: String? {
        [301, 302, 303, 307, 308].contains(self.status) ? self.fields[.location] : nil
    }
}
