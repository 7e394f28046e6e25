import IPAddresses
import DERPKit

extension ServerSettings {
    /// This server's region as the settings describe it. The relay adds its certificate's pin, and the ports that the
    /// kernel chooses.
    var ownRegion: DERPRegion {
        let stunPort = self.stun.map { $0.address.port == 3478 ? 0 : Int($0.address.port) } ?? -1
        let port = self.region.port ?? self.listen.port
        let node = DERPNode(
            name: "\(self.region.id)a",
            regionID: self.region.id,
            hostName: self.hostname,
            ipv4: self.region.ipv4 ?? self.knownAddress(.ipv4),
            ipv6: self.region.ipv6 ?? self.knownAddress(.ipv6),
            stunPort: stunPort,
            stunOnly: !self.isRelayEnabled,
            // 443 is the default, so it is left out, unless the relay would then put in the port that it listens on.
            derpPort: port == 443 && self.listen.port != 0 ? 0 : Int(port),
            canPort80: self.plainHTTP?.port == 80
        )
        return DERPRegion(
            regionID: self.region.id,
            regionCode: self.region.code,
            regionName: self.region.name,
            nodes: [node]
        )
    }

    /// The server's address of one family, if it is certain: its name is an address, or it listens on loopback without
    /// a proxy. The address of an interface proves nothing, because there may be a NAT in front of it.
    private func knownAddress(_ family: IPAddress.Family) -> String {
        let isReachedElsewhere =
            self.region.port != nil || self.stun.map { $0.address.host != self.listen.host } ?? false
        let loopback = self.listen.literal.flatMap { $0.isLoopback && !isReachedElsewhere ? $0 : nil }
        guard let address = IPAddress(self.hostname) ?? loopback, address.family == family else { return "" }
        return address.description
    }
}
