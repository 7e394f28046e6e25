// How the numbers are made from the counters.

extension RelayStatistics.Connections {
    init(_ counters: RelayCounters, open: Int) {
        self.open = open
        self.accepted = counters.accepts
        self.closed = RelayTally(counters.closes) { DisconnectReason($0) }
    }
}

extension RelayStatistics.Clients {
    init(_ counters: RelayCounters, _ counts: PacketForwarder.Counts, held: Int) {
        self.connected = counts.clients
        self.duplicates = counts.duplicates
        self.home = Int(counters.homeClients)
        self.logins = counters.logins
        self.refused = RelayTally(counters.refusals) { ClientRefusalReason(kind: $0) }
        self.held = held
    }
}

extension RelayStatistics.Packets {
    init(_ counters: RelayCounters) {
        self.received = counters.packetsReceived.disco + counters.packetsReceived.other
        self.receivedBytes = counters.bytesReceived
        self.sent = counters.packetsSent
        self.sentBytes = counters.bytesSent
        self.droppedDisco = Self.tally { counters.drops($0, .disco) }
        self.droppedOther = Self.tally { counters.drops($0, .other) }
        self.droppedDiscoBytes = Self.tally { counters.droppedBytes($0, .disco) }
        self.droppedOtherBytes = Self.tally { counters.droppedBytes($0, .other) }
    }

    private static func tally(_ count: (DropReason) -> UInt64) -> RelayTally<PacketDropReason> {
        RelayTally(count) { PacketDropReason($0) }
    }
}

extension RelayStatistics.Mesh {
    init(_ counts: PacketForwarder.Counts, links: [Link]) {
        self.remoteClients = counts.remoteClients
        self.watchers = counts.watchers
        self.links = links
    }
}

extension RelayStatistics.Map {
    init(_ regionMap: RegionMap) async {
        let (map, status) = (await regionMap.map, await regionMap.status)
        self.regions = map.regions.count
        self.sources = status.count
        self.staleSources = status.count { $0.failure != nil }
        self.pendingSources = status.count(where: \.isPending)
        self.sourceFailures = await regionMap.failureCount
    }
}
