import Logging
import IPAddresses

/// What the map says about this server, which is the first node of its own region.
extension RelayServer {
    /// The pin of the certificate that clients are shown by default: `sha256-raw:` and 64 hexadecimal digits, the
    /// format of a DERP map's `CertName`. `nil` when an authority vouches for the certificate, and without TLS.
    public nonisolated var certificatePin: String? { self.certificates?.defaultCertificate?.mapPin }

    /// Returns the region with the pin of `certificates`.
    static func region(_ region: DERPRegion?, with certificates: CertificateSet?) -> DERPRegion? {
        guard var region else { return nil }
        region.setPin(certificates?.defaultCertificate?.mapPin)
        return region
    }

    /// Puts the pin into the map, which is the only way for clients to recognize a self-signed certificate.
    func publishPin() async {
        guard let certificate = self.certificates?.defaultCertificate else { return }
        let pin = certificate.mapPin
        do {
            try await self.regionMap.updateOwnRegion { $0.setPin(pin) }
        } catch {
            self.logger.error("The certificate's pin can't be put into the map", metadata: ["problem": "\(error)"])
        }
    }

    /// Puts the ports that the kernel chose into the map.
    func publishChosenPorts() async throws(DERPError) {
        let derp = Self.chosen(self.boundAddresses, for: self.configuration.addresses)
        let stun = Self.chosen(await self.boundSTUNAddresses, for: self.configuration.stunAddresses)
        guard derp != nil || stun != nil else { return }
        try await self.regionMap.updateOwnRegion { region in
            guard !region.nodes.isEmpty else { return }
            if let derp, region.nodes[0].derpPort == 0 { region.nodes[0].derpPort = derp }
            if let stun, region.nodes[0].stunPort == 0 { region.nodes[0].stunPort = stun }
        }
    }

    private static func chosen(_ bound: [IPEndpoint], for wanted: [IPEndpoint]) -> Int? {
        wanted.first?.port == 0 ? bound.first.map { Int($0.port) } : nil
    }
}

extension DERPRegion {
    /// Sets the pin by which clients recognize this server's certificate; `nil` removes it. A name that isn't a pin
    /// stays.
    package mutating func setPin(_ pin: String?) {
        guard let name = self.nodes.first?.certName, name.isEmpty || name.begins(with: Certificate.pinPrefix) else {
            return
        }
        self.nodes[0].certName = pin ?? ""
    }
}

extension Certificate {
    /// The pin, if nothing else vouches for the certificate.
    package var mapPin: String? { self.isSelfSigned ? self.pin : nil }
}
