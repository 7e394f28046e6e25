import STUNKit

// How the numbers are made from the counters.

extension RelayStatistics.Connections {
    init(_ counters: RelayCounters, open: Int) {
        self.open = open
        self.accepted = counters.accepts
        self.acceptFailures = counters.acceptFailures
        self.refused = RelayTally(counters.connectionRefusals) { ConnectionLimit($0) }
        self.closed = RelayTally(counters.closes) { DisconnectReason($0) }
        self.webSockets = counters.webSockets
        self.webSocketsClosed = RelayTally(counters.webSocketEnds) { WebSocketCloseReason($0) }
    }
}

extension RelayStatistics.Clients {
    init(_ counters: RelayCounters, _ counts: PacketForwarder.Counts, held: Int) {
        self.connected = counts.clients
        self.duplicates = counts.duplicates
        self.home = Int(counters.homeClients)
        self.logins = counters.logins
        self.unverified = counters.unverifiedAdmissions
        self.refused = RelayTally(counters.refusals) { ClientRefusalReason(kind: $0) }
        self.held = held
        self.heldEnded = RelayTally(counters.refusalEnds) { RefusedClientEnd($0) }
        self.homeMoves = counters.homeMoves
        self.notIdeal = counters.notIdeal
        self.rateWaits = counters.rateWaits
    }
}

extension RelayStatistics.Packets {
    init(_ counters: RelayCounters) {
        self.receivedDisco = counters.packetsReceived.disco
        self.receivedOther = counters.packetsReceived.other
        self.receivedBytes = counters.bytesReceived
        self.sent = counters.packetsSent
        self.sentBytes = counters.bytesSent
        self.droppedDisco = Self.tally { counters.drops($0, .disco) }
        self.droppedOther = Self.tally { counters.drops($0, .other) }
    }

    private static func tally(_ count: (DropReason) -> UInt64) -> RelayTally<PacketDropReason> {
        RelayTally(count) { PacketDropReason($0) }
    }
}

extension RelayStatistics.Frames {
    init(_ counters: RelayCounters) {
        self.pings = counters.pings
        self.pongs = counters.pongs
        self.keepAlives = counters.keepAlives
        self.unknown = counters.unknownFrames
        self.peerGoneDisconnected = counters.peerGoneDisconnected
        self.peerGoneNotHere = counters.peerGoneNotHere
    }
}

extension RelayStatistics.Strangers {
    init(_ counters: StrangerCounters) {
        self.time = .nanoseconds(Int64(clamping: counters.time))
        self.delayed = counters.delayed
        self.waiting = counters.waiting
    }
}

extension RelayStatistics.Mesh {
    init(_ counters: RelayCounters, _ counts: PacketForwarder.Counts, links: [Link]) {
        self.remoteClients = counts.remoteClients
        self.watchers = counts.watchers
        self.packetsIn = counters.packetsForwardedIn
        self.packetsOut = counters.packetsForwardedOut
        self.bytesIn = counters.bytesForwardedIn
        self.bytesOut = counters.bytesForwardedOut
        self.links = links
    }
}

extension RelayStatistics.Certificates {
    init(_ certificates: CertificateSet) {
        let counters = certificates.counters
        self.status = certificates.status
        self.replacements = counters.replacements
        self.failures = counters.failures
        self.refusals = counters.refusals
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

extension RelayStatistics.STUN {
    init(_ counters: STUNCounters) {
        self.requestsIPv4 = counters.requestsIPv4
        self.requestsIPv6 = counters.requestsIPv6
        self.refused = counters.refused
        self.notSTUN = counters.notSTUN
        self.writeErrors = counters.writeErrors
    }
}

extension RelayStatistics.BootstrapDNS {
    init(_ counters: DERPKit.BootstrapDNS.Counters) {
        self.names = counters.names
        self.requests = counters.requests
        self.failures = counters.failures
    }
}

extension RelayStatistics.Takeover {
    init(_ counts: TakeoverTally.Counts) {
        self.inheritedSockets = counts.inherited
        self.completed = counts.completed
        self.refused = counts.refused
    }
}
