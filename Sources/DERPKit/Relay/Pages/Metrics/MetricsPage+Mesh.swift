extension MetricsPage {
    func writeMesh(
        _ counters: RelayCounters,
        _ counts: PacketForwarder.Counts,
        to text: inout PrometheusText
    ) async {
        text.gauge(
            "derp_mesh_remote_clients",
            "Keys that are connected to other nodes of the mesh, and not here.",
            counts.remoteClients
        )
        text.gauge("derp_mesh_watchers", "Mesh peers that are told who comes and goes.", counts.watchers)
        text.counter(
            "derp_packets_forwarded_total",
            "Packets from and to other nodes of the mesh.",
            [
                (counters.packetsForwardedIn, [("direction", "in")]),
                (counters.packetsForwardedOut, [("direction", "out")]),
            ]
        )
        text.counter(
            "derp_bytes_forwarded_total",
            "Bytes of those packets, without headers.",
            [
                (counters.bytesForwardedIn, [("direction", "in")]),
                (counters.bytesForwardedOut, [("direction", "out")]),
            ]
        )
        var links: [MeshLinkStatus] = []
        for link in self.links { links.append(await link.currentStatus) }
        self.write(links, to: &text)
    }

    private func write(_ links: [MeshLinkStatus], to text: inout PrometheusText) {
        text.gauge(
            "derp_mesh_links",
            "Links to other nodes of the mesh, by state.",
            MeshLinkStatus.State.allCases.map { state in
                (links.count { $0.state == state }, [("state", state.label)])
            }
        )
        let others = links.filter { $0.state != .ownNode }
        guard !others.isEmpty else { return }
        text.gauge(
            "derp_mesh_link_clients",
            "Keys that are connected to the node at the link's other end.",
            others.map { ($0.clients, [("node", $0.node)]) }
        )
        text.counter(
            "derp_mesh_link_connects_total",
            "How often the link came up.",
            others.map { ($0.connects, [("node", $0.node)]) }
        )
        text.counter(
            "derp_mesh_link_failures_total",
            "How often the link couldn't be made, or broke.",
            others.map { ($0.failures, [("node", $0.node)]) }
        )
    }
}
