import IPAddresses

extension BootstrapDNS {
    /// The names of one round of look-ups, in lower case.
    struct Round: Sendable {
        /// All names, at most ``BootstrapNames/limit``.
        private(set) var names = Set<String>()
        /// The names that everybody is told.
        let published: Set<String>
        /// The addresses that the map tells.
        private(set) var known: [String: [IPAddress]] = [:]
        /// The names to look up, in order of precedence.
        private(set) var wanted: [String] = []

        init(_ names: BootstrapNames, in map: DERPMap) {
            var mapNames = Set<String>()
            for node in map.sortedRegions.flatMap(\.nodes) where BootstrapNames.isName(node.hostName) {
                let name = node.hostName.lowercasedASCII
                mapNames.insert(name)
                self.known[name, default: []] += [node.ipv4, node.ipv6].compactMap { IPAddress($0) }
            }
            let published = names.published.map { $0.lowercasedASCII }
            let unpublished = names.unpublished.map { $0.lowercasedASCII }
            self.published = Set(published).union(mapNames)
            for name in published + unpublished + mapNames.sorted() {
                guard self.names.count < BootstrapNames.limit else { break }
                if self.names.insert(name).inserted, self.known[name]?.isEmpty ?? true { self.wanted.append(name) }
            }
        }
    }
}
