import HTTPTypes

extension HTTPRouter {
    package init(configuration: RelayServer.Configuration, port: Port) {
        self.port = port
        self.isRelayEnabled = configuration.isRelayEnabled
        self.servesMap = configuration.region != nil || !configuration.mapSources.isEmpty
        self.servesVerify = configuration.admission.lists != nil
        self.debugNetworks = configuration.debugNetworks
        self.trust = configuration.proxies
        self.switchingProtocols = DERPUpgrade.switchingProtocols(serverKey: configuration.privateKey.publicKey)
        self.home = Self.home(configuration)
    }

    private static func home(_ configuration: RelayServer.Configuration) -> HTTPReply {
        let html: HTTPFields = [.contentType: "text/html; charset=utf-8"]
        switch configuration.homePage {
        case .standard:
            let text = StandardHomePage.html(isRelayEnabled: configuration.isRelayEnabled)
            return HTTPReply(status: .ok, fields: html, body: Array(text.utf8))
        case .blank:
            return HTTPReply(status: .ok, fields: html)
        case .redirect(let url):
            return HTTPReply(status: .found, fields: [.location: url])
        }
    }
}
