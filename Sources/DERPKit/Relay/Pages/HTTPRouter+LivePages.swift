import IPAddresses
import HTTPTypes

extension HTTPRouter {
    /// Answers `/metrics`: for the debug networks only, and under TLS for loopback too. Requests through a proxy are
    /// refused, because behind it all clients look local. A trusted proxy is the exception: clients that it tells of
    /// may be in the debug networks.
    func metrics(_ head: HTTPRequestHead, from origin: ClientOrigin, isTLS: Bool) -> Outcome {
        guard self.mayDebug(origin, isTLS: isTLS) else {
            let text = "Only the networks of --debug-allow may read this."
            return .respond(HTTPReply(text: text, status: .forbidden).protected(isTLS: isTLS))
        }
        guard head.isRead else { return .respond(.methodNotAllowed.protected(isTLS: isTLS)) }
        let fields: HTTPFields = [
            .contentType: "text/plain; version=0.0.4; charset=utf-8",
            .cacheControl: "no-store",
        ]
        return .metrics(LivePage(fields: fields, for: head, isTLS: isTLS))
    }

    private func mayDebug(_ origin: ClientOrigin, isTLS: Bool) -> Bool {
        let isListed = self.debugNetworks.contains { $0.contains(origin.address.ip) }
        switch origin.proxies {
        // Without TLS, this port most likely belongs to a proxy. A proxy on this machine that marks nothing looks like
        // loopback.
        case .none: return isListed || isTLS && origin.address.ip.isLoopback
        case .trusted: return isListed
        case .unknown: return false
        }
    }

    /// Answers `/bootstrap-dns` with the addresses of names, for clients whose DNS fails.
    func bootstrapDNS(_ head: HTTPRequestHead, isTLS: Bool) -> Outcome {
        guard head.isRead else { return .respond(.methodNotAllowed.protected(isTLS: isTLS)) }
        let fields: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache"]
        return .bootstrapDNS(LivePage(fields: fields, for: head, isTLS: isTLS), query: head.query)
    }

    /// Answers `/derpmap/default` with the map, which has the server's own region and those of its sources.
    func derpMap(_ head: HTTPRequestHead, isTLS: Bool) -> Outcome {
        guard self.servesMap else { return .respond(.notFound.protected(isTLS: isTLS)) }
        guard head.isRead else { return .respond(.methodNotAllowed.protected(isTLS: isTLS)) }
        let fields: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache"]
        return .derpMap(LivePage(fields: fields, for: head, isTLS: isTLS))
    }
}
