import Foundation
import Glibc
import TestSupport
import Testing

@Suite("What moves metrics: map, certificates and names", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct StateMetricTests {
    static let scenarios: [MetricScenario] = [
        MetricScenario(
            "A file of the map comes, changes and breaks",
            moves: [
                "derp_map_regions", "derp_map_sources", "derp_map_stale_sources", "derp_map_source_failures_total",
            ]
        ) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            try directory.write(FlagTrial.map(901), to: "map.yaml")
            let server = try ServerProcess(.plain.with { $0.flags = ["--map-path", directory.file("map.yaml").path] })
            try stage.watch(server, unlike: ServerProcess(.plain))
            try directory.write("regions: {", to: "map.yaml")
            server.send(signal: SIGHUP)
        },
        MetricScenario("A source of the map says nothing", moves: ["derp_map_pending_sources"]) { stage in
            let silent = stage.keep(try PortReservation(.tcp))
            let url = "http://127.0.0.1:\(silent.port)/map.json"
            let server = try ServerProcess(.plain.with { $0.flags = ["--map-url", url, "--map-cache="] })
            try stage.watch(server, unlike: ServerProcess(.plain))
        },
        MetricScenario(
            "A certificate is replaced, and then by one that can't be used",
            moves: [
                "derp_certificate_expiry_timestamp_seconds{name}", "derp_certificate_replacements_total",
                "derp_certificate_failures_total",
            ]
        ) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", expiry: 3600)
            let server = try stage.server(options: ServerOptions(certificate: .manual, directory: directory))
            try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", expiry: 7200)
            server.send(signal: SIGHUP)
            try eventually("it is replaced") {
                try stage.unmoved(of: ["derp_certificate_replacements_total"]).isEmpty
            }
            try directory.write("nonsense", to: "127.0.0.1.crt")
            server.send(signal: SIGHUP)
        },
        MetricScenario(
            "There is no certificate yet for the first of two names",
            moves: ["derp_certificate_refusals_total"]
        ) { stage in
            let authority = stage.keep(try ImitatedAuthority())
            let directory = stage.keep(try TemporaryDirectory())
            // As one that was ordered is kept: the key, and then the chain.
            try GeneratedCertificate.write(to: directory, hostname: "b.test")
            let text = try directory.contents(of: "b.test.key") + directory.contents(of: "b.test.crt")
            try directory.write(text, to: "b.test")
            let server = stage.keep(
                try ServerProcess(
                    ServerOptions(
                        certificate: .letsencrypt,
                        hostname: "a.test,b.test",
                        directory: directory,
                        flags: ["--acme-directory", authority.url, "--ca-file", authority.certificateFile]
                    )
                )
            )
            let monitor = try Connection(port: server.port, security: .tls13, serverName: "b.test")
            try stage.watch { try MetricsReading(over: monitor) }
            #expect(throws: KitError.self) { try server.connect() }
        },
        MetricScenario(
            "Clients ask for addresses of names, of which one has none",
            moves: [
                "derp_bootstrap_dns_names", "derp_bootstrap_dns_requests_total", "derp_bootstrap_dns_failures_total",
            ]
        ) { stage in
            let server = try ServerProcess(.plain.with { $0.flags = ["-bootstrap-dns-names=localhost,x.invalid"] })
            try stage.watch(server, unlike: ServerProcess(.plain))
            _ = try HTTPRequest("/bootstrap-dns").send(to: server)
        },
    ]

    @Test("Every series that a scenario names moves", arguments: scenarios)
    func movement(scenario: MetricScenario) throws { try scenario.verify() }
}

@Suite("What moves metrics: checks", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct CheckMetricTests {
    static let scenarios: [MetricScenario] = [
        MetricScenario(
            "A relay is checked again and again, and its certificate changes",
            moves: [
                "derp_check_rounds_total", "derp_check_last_round_timestamp_seconds", "derp_check_last_round_seconds",
                "derp_check_certificate_expiry_timestamp_seconds{region,node}",
            ] + times(family: "ipv4")
        ) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", expiry: 3600)
            let server = stage.keep(
                try ServerProcess(ServerOptions(certificate: .manual, hasSTUN: true, directory: directory))
            )
            let watch = stage.keep(try CheckWatch(server))
            try watch.awaitRound()
            try stage.watch { try watch.reading() }
            try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", expiry: 7200)
            server.send(signal: SIGHUP)
        },
        MetricScenario("The map of a check breaks", moves: ["derp_check_map_up"]) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            try directory.write(FlagTrial.map(901), to: "map.yaml")
            let watch = stage.keep(try CheckWatch(["--all", "--map", directory.file("map.yaml").path]))
            try watch.awaitRound()
            try stage.watch { try watch.reading() }
            try directory.write("regions: {", to: "map.yaml")
        },
        MetricScenario("A relay is checked over IPv6", moves: times(family: "ipv6")) { stage in
            let server = stage.keep(
                try ServerProcess(
                    ServerOptions(certificate: .none, address: .ipv6, hostname: "::1", hasSTUN: true)
                )
            )
            let watch = stage.keep(try CheckWatch(server))
            try watch.awaitRound()
            try stage.watch { try watch.reading() }
        },
        MetricScenario(
            "The relay that is checked ends",
            moves: ["info", "error", "warning"].flatMap { severity in
                [
                    .row(#"derp_check_region_findings{region,severity="\#(severity)"}"#),
                    .row(#"derp_check_node_findings{region,node,severity="\#(severity)"}"#),
                ]
            } + ["derp_check_up{region,node}", "derp_check_packet_loss_ratio{region,node}"]
        ) { stage in
            // A relay that doesn't admit the check is warned of, but one that isn't there is not.
            let directory = stage.keep(try TemporaryDirectory())
            try directory.write("", to: "allow")
            let server = stage.keep(try ServerProcess(.plain))
            let refusing = try ServerProcess(
                .plain.with { $0.flags = ["--allow-file", directory.file("allow").path] }
            )
            let watch = stage.keep(try CheckWatch(server))
            try watch.awaitRound()
            try stage.watch { try watch.reading() }
            try server.stop()
            let errors: [MetricSeries] = [
                "derp_check_up{region,node}", #"derp_check_region_findings{region,severity="error"}"#,
                #"derp_check_node_findings{region,node,severity="error"}"#,
            ]
            try eventually("it is missed") { try stage.unmoved(of: errors).isEmpty }
            stage.keep(
                try ServerProcess(
                    refusing.options.with {
                        $0.ports = server.ports
                        $0.directory = nil
                    }
                )
            )
        },
    ]

    /// What is measured over a family.
    private static func times(family: String) -> [MetricSeries] {
        let both: [MetricSeries] = ["login", "stun"].map {
            .row(#"derp_check_\#($0)_seconds{region,node,family="\#(family)"}"#)
        }
        return both
            + ["0.5", "0.99"].map { .row(#"derp_check_round_trip_seconds{region,node,quantile="\#($0)"}"#) }
    }

    @Test("Every series that a scenario names moves", arguments: scenarios)
    func movement(scenario: MetricScenario) throws { try scenario.verify() }
}
