import AsyncSockets
import HTTPTypes

extension HTTPRouter {
    /// `/metrics`: for loopback and the debug networks only, and never through a proxy, behind which all look local.
    func metrics(_ head: HTTPRequestHead, from peer: IPAddress, isTLS: Bool) -> Outcome {
        guard peer.isLoopback || self.debugNetworks.contains(where: { $0.contains(peer) }),
            !HTTPField.Name.proxyMarks.contains(where: head.fields.contains)
        else { return .respond(HTTPReply(text: "not allowed from here", status: .forbidden).protected(isTLS: isTLS)) }
        guard head.isRead else { return .respond(.methodNotAllowed.protected(isTLS: isTLS)) }
        let fields: HTTPFields = [
            .contentType: "text/plain; version=0.0.4; charset=utf-8",
            .cacheControl: "no-store",
        ]
        return .metrics(LivePage(fields: fields, for: head, isTLS: isTLS))
    }

    /// `/derpmap/default`: the server's own region, ready for a client.
    func derpMap(_ head: HTTPRequestHead, isTLS: Bool) -> Outcome {
        guard self.servesMap else { return .respond(.notFound.protected(isTLS: isTLS)) }
        guard head.isRead else { return .respond(.methodNotAllowed.protected(isTLS: isTLS)) }
        let fields: HTTPFields = [.contentType: "application/json", .cacheControl: "no-cache"]
        return .derpMap(LivePage(fields: fields, for: head, isTLS: isTLS))
    }
}
