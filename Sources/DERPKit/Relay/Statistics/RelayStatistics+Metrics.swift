import FoundationEssentials

extension RelayStatistics {
    /// All numbers, under the names by which monitoring systems know them (docs/metrics.md).
    var metrics: [MetricFamily] {
        [.gauge("derp_build_info", "What is running.", 1, labels: [("version", LibraryVersion.text)])]
            + self.clientMetrics + self.strangers.metrics + self.waiting.metrics + self.packetMetrics
            + self.frameMetrics + self.meshMetrics
            + self.mesh.linkMetrics + self.stunMetrics + self.map.metrics + self.certificateMetrics
            + self.bootstrapDNS.metrics + self.takeover.metrics
    }

    /// The text of `/metrics`: Prometheus' text format, version 0.0.4 (`text/plain; version=0.0.4; charset=utf-8`).
    public var prometheusText: String { String(decoding: self.prometheusBytes, as: UTF8.self) }

    var prometheusBytes: [UInt8] {
        var text = PrometheusText()
        for family in self.metrics { text.write(family) }
        return text.bytes
    }

    private var clientMetrics: [MetricFamily] {
        let (connections, clients, counters) = (self.connections, self.clients, self.counters)
        return [
            .gauge("derp_connections", "Open TCP connections, DERP clients and others.", connections.open),
            .gauge("derp_clients", "Keys that are connected.", clients.connected),
            .gauge("derp_duplicate_client_keys", "Keys that are connected more than once.", clients.duplicates),
            .gauge("derp_home_clients", "Clients that call this region their home.", clients.home),
            .counter("derp_accepts_total", "Accepted TCP connections.", connections.accepted),
            .counter(
                "derp_accept_failures_total",
                "Connections that could not be accepted.",
                counters.acceptFailures
            ),
            .counter(
                "derp_connections_refused_total",
                "Connections refused because of a limit, by limit.",
                RelayTally(counters.connectionRefusals, \.label),
                by: "limit"
            ),
            .counter("derp_logins_total", "Clients that completed the DERP handshake.", clients.logins),
            .counter(
                "derp_admissions_unverified_total",
                "Clients that were admitted although nobody could be asked about them.",
                counters.unverifiedAdmissions
            ),
            .counter(
                "derp_admissions_refused_total",
                "Clients refused at login or when asked about again, by reason.",
                clients.refused,
                by: "reason"
            ),
            .counter(
                "derp_home_moves_total",
                "Clients that made this their home, or stopped.",
                counters.homeMoves
            ),
            .counter("derp_not_ideal_total", "Clients that wanted another node of the region.", counters.notIdeal),
            .counter("derp_websockets_total", "Connections that became WebSockets.", counters.webSockets),
            .counter(
                "derp_websockets_closed_total",
                "WebSockets that ended, by who closed them, and why.",
                RelayTally(counters.webSocketEnds, \.label),
                by: "reason"
            ),
            .counter(
                "derp_connections_closed_total",
                "Connections that ended, by reason.",
                connections.closed,
                by: "reason"
            ),
            .gauge("derp_refused_held", "Connections of refused clients that are held.", clients.held),
            .counter(
                "derp_refused_ended_total",
                "Ended connections of refused clients, by how they ended.",
                RelayTally(counters.refusalEnds, \.label),
                by: "end"
            ),
        ]
    }

    private var stunMetrics: [MetricFamily] {
        [
            .counter(
                "derp_stun_requests_total",
                "STUN binding requests, by family.",
                [
                    (self.stun.requestsIPv4, [("family", "ipv4")]), (self.stun.requestsIPv6, [("family", "ipv6")]),
                ]
            ),
            .counter(
                "derp_stun_ignored_total",
                "Datagrams that were not answered, by reason.",
                [(self.stun.refused, [("reason", "refused")]), (self.stun.notSTUN, [("reason", "not_stun")])]
            ),
            .counter(
                "derp_stun_write_errors_total",
                "Answers that the kernel did not take.",
                self.stun.writeErrors
            ),
        ]
    }
}

extension StrangerCounters {
    fileprivate var metrics: [MetricFamily] {
        [
            .counter(
                "derp_stranger_seconds_total",
                "Time that loops worked for connections that had not logged in, and for STUN.",
                seconds: Duration.nanoseconds(Int64(clamping: self.time)) / .seconds(1)
            ),
            .counter(
                "derp_stranger_delays_total",
                "Pieces of that work that waited because it had used its share.",
                self.delayed
            ),
            .gauge("derp_stranger_waiting", "Pieces of that work that wait now.", self.waiting),
        ]
    }
}

extension WaitingCounters {
    fileprivate var metrics: [MetricFamily] {
        [
            .counter(
                "derp_loop_poll_seconds_total",
                "Time that loops polled before they slept.",
                seconds: Duration.nanoseconds(Int64(clamping: self.pollTime)) / .seconds(1)
            ),
            .counter(
                "derp_loop_gather_seconds_total",
                "Time that busy loops paused so that packets gathered.",
                seconds: Duration.nanoseconds(Int64(clamping: self.gatherTime)) / .seconds(1)
            ),
        ]
    }
}

extension RelayStatistics {
    private var packetMetrics: [MetricFamily] {
        let (packets, counters) = (self.packets, self.counters)
        return [
            .counter(
                "derp_packets_received_total",
                "Packets from clients, by kind.",
                [
                    (counters.packetsReceived.disco, [("kind", "disco")]),
                    (counters.packetsReceived.other, [("kind", "other")]),
                ]
            ),
            .counter("derp_bytes_received_total", "Bytes of those packets, without headers.", packets.receivedBytes),
            .counter(
                "derp_rate_limit_waits_total",
                "How often a client was not read because of its rate.",
                counters.rateWaits
            ),
            .counter("derp_packets_sent_total", "Packets to clients.", packets.sent),
            .counter("derp_bytes_sent_total", "Bytes of those packets, without headers.", packets.sentBytes),
            .counter(
                "derp_packets_dropped_total",
                "Packets that were not delivered, by reason and kind.",
                Self.byReasonAndKind(packets.droppedDisco, packets.droppedOther)
            ),
            .counter(
                "derp_bytes_dropped_total",
                "Bytes of those packets, without headers.",
                Self.byReasonAndKind(packets.droppedDiscoBytes, packets.droppedOtherBytes)
            ),
        ] + self.queueDelays
    }

    private var queueDelays: [MetricFamily] {
        guard self.hasQueueDelays else { return [] }
        return [
            .histogram(
                "derp_queue_delay_seconds",
                "How long packets waited for their client until the kernel took them.",
                limits: QueueDelays.limits,
                counts: self.counters.queueDelays.counts(ofAll: self.packets.sent),
                sum: self.counters.queueDelays.sum
            )
        ]
    }

    private static func byReasonAndKind(
        _ disco: RelayTally<PacketDropReason>,
        _ other: RelayTally<PacketDropReason>
    ) -> [(value: UInt64, labels: [(String, String)])] {
        zip(disco, other).flatMap { disco, other in
            [
                (disco.count, [("reason", disco.key.description), ("kind", "disco")]),
                (other.count, [("reason", other.key.description), ("kind", "other")]),
            ]
        }
    }
}

extension RelayStatistics {
    private var frameMetrics: [MetricFamily] {
        let counters = self.counters
        return [
            .counter("derp_pings_received_total", "Pings from clients.", counters.pings),
            .counter("derp_pongs_sent_total", "Pongs to clients.", counters.pongs),
            .counter("derp_keep_alives_sent_total", "KeepAlives to clients.", counters.keepAlives),
            .counter(
                "derp_unknown_frames_total",
                "Frames of an unknown type, which were skipped.",
                counters.unknownFrames
            ),
            .counter(
                "derp_peer_gone_sent_total",
                "PeerGone frames to clients, by reason.",
                [
                    (counters.peerGoneDisconnected, [("reason", "disconnected")]),
                    (counters.peerGoneNotHere, [("reason", "not_here")]),
                ]
            ),
        ]
    }
}

extension RelayStatistics {
    private var meshMetrics: [MetricFamily] {
        let (mesh, counters) = (self.mesh, self.counters)
        return [
            .gauge(
                "derp_mesh_remote_clients",
                "Keys that are connected to other nodes of the mesh, and not here.",
                mesh.remoteClients
            ),
            .gauge("derp_mesh_watchers", "Mesh peers that are told who comes and goes.", mesh.watchers),
            .counter(
                "derp_packets_forwarded_total",
                "Packets from and to other nodes of the mesh.",
                [
                    (counters.packetsForwardedIn, [("direction", "in")]),
                    (counters.packetsForwardedOut, [("direction", "out")]),
                ]
            ),
            .counter(
                "derp_bytes_forwarded_total",
                "Bytes of those packets, without headers.",
                [
                    (counters.bytesForwardedIn, [("direction", "in")]),
                    (counters.bytesForwardedOut, [("direction", "out")]),
                ]
            ),
            .gauge(
                "derp_mesh_links",
                "Links to other nodes of the mesh, by state.",
                MeshLinkStatus.State.allCases.map { state in
                    (mesh.links.count { $0.state.state == state }, [("state", state.label)])
                }
            ),
        ]
    }
}

extension RelayStatistics.Mesh {
    fileprivate var linkMetrics: [MetricFamily] {
        let others = self.links.filter { $0.state != .ownNode }
        guard !others.isEmpty else { return [] }
        return [
            .gauge(
                "derp_mesh_link_clients",
                "Keys that are connected to the node at the link's other end.",
                others.map { ($0.clients, [("node", $0.node)]) }
            ),
            .counter(
                "derp_mesh_link_connects_total",
                "How often the link came up.",
                others.map { ($0.connects, [("node", $0.node)]) }
            ),
            .counter(
                "derp_mesh_link_failures_total",
                "How often the link couldn't be made, or broke.",
                others.map { ($0.failures, [("node", $0.node)]) }
            ),
        ]
    }
}

extension RelayStatistics {
    private var certificateMetrics: [MetricFamily] {
        guard let counters = self.certificateCounters else { return [] }
        return [
            .gauge(
                "derp_certificate_expiry_timestamp_seconds",
                "When the certificate of a name expires, in seconds since 1970; 0: there is none.",
                self.certificates.map { (Int($0.expiry?.timeIntervalSince1970 ?? 0), [("name", $0.host)]) }
            ),
            .counter(
                "derp_certificate_replacements_total",
                "Certificates put to use, including the first ones.",
                counters.replacements
            ),
            .counter(
                "derp_certificate_failures_total",
                "New certificates that could not be obtained or used.",
                counters.failures
            ),
            .counter(
                "derp_certificate_refusals_total",
                "TLS clients refused because there was no certificate for them.",
                counters.refusals
            ),
        ]
    }
}

extension RelayStatistics.Map {
    fileprivate var metrics: [MetricFamily] {
        [
            .gauge("derp_map_regions", "Regions of the map that is served.", self.regions),
            .gauge("derp_map_sources", "Sources that the map is made of.", self.sources),
            .gauge(
                "derp_map_stale_sources",
                "Sources that couldn't be read at the last attempt.",
                self.staleSources
            ),
            .gauge(
                "derp_map_pending_sources",
                "URLs that have not answered since the start.",
                self.pendingSources
            ),
            .counter(
                "derp_map_source_failures_total",
                "Tries to read a source that failed.",
                self.sourceFailures
            ),
        ]
    }
}

extension BootstrapDNS.Counters {
    fileprivate var metrics: [MetricFamily] {
        [
            .gauge("derp_bootstrap_dns_names", "Names whose addresses are told to clients.", self.names),
            .counter("derp_bootstrap_dns_requests_total", "Requests for them.", self.requests),
            .counter("derp_bootstrap_dns_failures_total", "Look-ups of names that failed.", self.failures),
        ]
    }
}

extension TakeoverTally.Counts {
    fileprivate var metrics: [MetricFamily] {
        [
            .gauge(
                "derp_takeover_inherited_sockets",
                "Sockets that the process before handed over.",
                self.inherited
            ),
            .counter(
                "derp_takeovers_total",
                "Takeovers by other processes, by result.",
                [(self.completed, [("result", "completed")]), (self.refused, [("result", "refused")])]
            ),
        ]
    }
}
