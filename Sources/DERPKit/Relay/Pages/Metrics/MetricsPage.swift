import AsyncSockets
import STUNKit

/// The relay's numbers as Prometheus text, gathered from the loops when they are asked for.
struct MetricsPage: Sendable {
    let relays: [RelayLoop]
    let forwarder: PacketForwarder
    let stun: STUNServer
    let regionMap: RegionMap
    let certificates: CertificateSet?
    let bootstrapDNS: BootstrapDNS
    let links: [MeshLink]
    let takeovers: TakeoverTally

    func render() async -> [UInt8] {
        var counters = RelayCounters()
        var connections = 0
        var held = 0
        var strangers = StrangerCounters()
        for relay in self.relays {
            let (numbers, open, refused, work) = await relay.loop.run {
                (relay.counters, relay.openStreams, relay.held.count, StrangerCounters(relay.loop))
            }
            counters += numbers
            strangers += work
            connections += open
            held += refused
        }
        var text = PrometheusText()
        text.gauge("derp_build_info", "What is running.", 1, labels: [("version", RelayServer.version)])
        let counts = await self.forwarder.counts
        self.writeClients(counters, counts, connections: connections, to: &text)
        self.writeRefusals(counters, held: held, to: &text)
        self.writeStrangers(strangers, to: &text)
        self.writePackets(counters, to: &text)
        self.writeFrames(counters, to: &text)
        await self.writeMesh(counters, counts, to: &text)
        self.writeSTUN(self.stun.counters, to: &text)
        await self.writeMap(to: &text)
        if let certificates = self.certificates { text.write(certificates) }
        self.writeBootstrapDNS(self.bootstrapDNS.counters, to: &text)
        self.writeTakeover(to: &text)
        return text.bytes
    }

    private func writeClients(
        _ counters: RelayCounters,
        _ counts: PacketForwarder.Counts,
        connections: Int,
        to text: inout PrometheusText
    ) {
        text.gauge("derp_connections", "Open TCP connections, DERP clients and others.", connections)
        text.gauge("derp_clients", "Keys that are connected.", counts.clients)
        text.gauge("derp_duplicate_client_keys", "Keys that are connected more than once.", counts.duplicates)
        text.gauge("derp_home_clients", "Clients that call this region their home.", Int(counters.homeClients))
        text.counter("derp_accepts_total", "Accepted TCP connections.", counters.accepts)
        text.counter("derp_accept_failures_total", "Connections that could not be accepted.", counters.acceptFailures)
        text.counter(
            "derp_connections_refused_total",
            "Connections that were too many, by the limit.",
            ConnectionRefusal.allCases.map { (counters.connectionRefusals[$0], [("limit", $0.label)]) }
        )
        text.counter("derp_logins_total", "Clients that completed the DERP handshake.", counters.logins)
        text.counter(
            "derp_admissions_refused_total",
            "Clients that were not admitted, or no longer, by reason.",
            AdmissionDecision.Reason.Kind.allCases.map { (counters.refusals[$0], [("reason", $0.label)]) }
        )
        text.counter(
            "derp_home_moves_total",
            "Clients that came to call this their home, or ceased to.",
            counters.homeMoves
        )
        text.counter("derp_not_ideal_total", "Clients that wanted another node of the region.", counters.notIdeal)
        text.counter("derp_websockets_total", "Connections that became WebSockets.", counters.webSockets)
        text.counter(
            "derp_websockets_closed_total",
            "WebSockets that ended, by who closed them, and why.",
            WebSocketEnd.allCases.map { (counters.webSocketEnds[$0], [("reason", $0.label)]) }
        )
        text.counter(
            "derp_connections_closed_total",
            "Connections that ended, by reason.",
            CloseReason.allCases.map { (counters.closes[$0], [("reason", $0.label)]) }
        )
    }

    private func writePackets(_ counters: RelayCounters, to text: inout PrometheusText) {
        text.counter(
            "derp_packets_received_total",
            "Packets from clients, by kind.",
            [
                (counters.packetsReceived.disco, [("kind", "disco")]),
                (counters.packetsReceived.other, [("kind", "other")]),
            ]
        )
        text.counter("derp_bytes_received_total", "Bytes of those packets, without headers.", counters.bytesReceived)
        text.counter(
            "derp_rate_limit_waits_total",
            "How often a client was not read because of its rate.",
            counters.rateWaits
        )
        text.counter("derp_packets_sent_total", "Packets to clients.", counters.packetsSent)
        text.counter("derp_bytes_sent_total", "Bytes of those packets, without headers.", counters.bytesSent)
        text.counter(
            "derp_packets_dropped_total",
            "Packets that were not delivered, by reason and kind.",
            DropReason.allCases.flatMap { reason in
                [PacketKind.disco, .other].map { kind in
                    let label = kind == .disco ? "disco" : "other"
                    return (counters.drops(reason, kind), [("reason", reason.label), ("kind", label)])
                }
            }
        )
    }

    private func writeFrames(_ counters: RelayCounters, to text: inout PrometheusText) {
        text.counter("derp_pings_received_total", "Pings from clients.", counters.pings)
        text.counter("derp_pongs_sent_total", "Pongs to clients.", counters.pongs)
        text.counter("derp_keep_alives_sent_total", "KeepAlives to clients.", counters.keepAlives)
        text.counter(
            "derp_unknown_frames_total",
            "Frames of an unknown type, which were skipped.",
            counters.unknownFrames
        )
        text.counter(
            "derp_peer_gone_sent_total",
            "PeerGone frames to clients, by reason.",
            [
                (counters.peerGoneDisconnected, [("reason", "disconnected")]),
                (counters.peerGoneNotHere, [("reason", "not_here")]),
            ]
        )
    }

    private func writeMap(to text: inout PrometheusText) async {
        let (map, status) = (await self.regionMap.map, await self.regionMap.status)
        text.gauge("derp_map_regions", "Regions of the map that is served.", map.regions.count)
        text.gauge("derp_map_sources", "Sources that the map is made of.", status.count)
        text.gauge(
            "derp_map_stale_sources",
            "Those that couldn't be read when they were last tried.",
            status.count { $0.failure != nil }
        )
        text.gauge(
            "derp_map_pending_sources",
            "URLs that have not been heard of since the start.",
            status.count(where: \.isPending)
        )
        let failures = await self.regionMap.failureCount
        text.counter("derp_map_source_failures_total", "Tries to read a source that failed.", failures)
    }

    private func writeBootstrapDNS(_ counters: BootstrapDNS.Counters, to text: inout PrometheusText) {
        text.gauge("derp_bootstrap_dns_names", "Names whose addresses are told to clients.", counters.names)
        text.counter("derp_bootstrap_dns_requests_total", "Requests for them.", counters.requests)
        text.counter("derp_bootstrap_dns_failures_total", "Look-ups of names that failed.", counters.failures)
    }

    private func writeSTUN(_ counters: STUNCounters, to text: inout PrometheusText) {
        text.counter(
            "derp_stun_requests_total",
            "STUN binding requests, by family.",
            [(counters.requestsIPv4, [("family", "ipv4")]), (counters.requestsIPv6, [("family", "ipv6")])]
        )
        text.counter(
            "derp_stun_ignored_total",
            "Datagrams that were met with silence, by reason.",
            [(counters.refused, [("reason", "refused")]), (counters.notSTUN, [("reason", "not_stun")])]
        )
        text.counter("derp_stun_write_errors_total", "Answers that the kernel did not take.", counters.writeErrors)
    }
}
