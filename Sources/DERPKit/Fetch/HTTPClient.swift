import AsyncSockets
import HTTPTypes

/// A small, strict client of HTTP/1.1 (RFC 9112), for maps, admission, ACME servers and checks: one connection for each request, everything
/// bounded in time and memory, no cookies, no proxies, no compression.
package struct HTTPClient: Sendable {
    private let loop: IOLoop
    private let tls: TLSContext
    private let resolver: HostResolver

    /// - Parameters:
    ///   - loop: what serves the connections.
    ///   - authoritiesPEM: certificates of authorities to trust besides the system's, as PEM.
    /// - Throws: ``DERPError`` with code `certificate` when `authoritiesPEM` holds none, or something else.
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

    /// Sends `request` and returns the answer, whatever its status. Redirects of GET and HEAD are followed, but not from
    /// `https` to `http`. The task's cancellation ends the exchange.
    ///
    /// - Throws: ``DERPError``: `timeout` and `connection` when the server can't be reached, its certificate is not
    ///   trusted, or it says nothing; `exhausted` when this machine has no more of what it takes to ask; `cancelled`;
    ///   `incompleteAnswer` when it breaks off or dawdles after that; `protocolViolation`
    ///   when its answer is malformed, too large, or a redirect too many.
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
                throw DERPError(.protocolViolation, "\(request.url) is a redirect too many")
            }
            guard let url = request.url.resolving(location) else {
                throw DERPError(.protocolViolation, "\(request.url) redirects to what is no URL of http or https")
            }
            guard url.isSecure || !request.url.isSecure else {
                throw DERPError(.protocolViolation, "\(request.url) redirects from https to http")
            }
            redirects += 1
            request = request.redirected(to: url)
        }
    }

    /// One request on a connection of its own.
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
                // Resumed on the loop and not by way of the global pool, which may be busy for long.
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
    /// Where a redirect leads; `nil` for an answer that is none.
    fileprivate var redirect: String? {
        [301, 302, 303, 307, 308].contains(self.status) ? self.fields[.location] : nil
    }
}
