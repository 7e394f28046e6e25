import Foundation
import TestSupport
import Testing

@Suite("Effects of flags: the map", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MapFlagTests {
    static let effects: [FlagEffect] = [
        FlagEffect("region-id", "901") { trial in
            try Look.regionIDs(of: trial.server("region-id", "901"))
        },
        FlagEffect("region-code", "lab") { trial in
            try Look.region(of: trial.server("region-code", "lab"), "RegionCode")
        },
        FlagEffect("region-name", "The Lab: #1") { trial in
            try Look.region(of: trial.server("region-name", "The Lab: #1"), "RegionName")
        },
        FlagEffect("region-port", "8443") { trial in
            try Look.node(of: trial.server("region-port", "8443"), "DERPPort")
        },
        FlagEffect("ipv4", "192.0.2.1") { trial in
            try Look.node(of: trial.server("ipv4", "192.0.2.1"), "IPv4")
        },
        FlagEffect("ipv6", "2001:db8::1") { trial in
            try Look.node(of: trial.server("ipv6", "2001:db8::1"), "IPv6")
        },
        FlagEffect("map-url", "900 901 902") { trial in
            let urls = try (901...902).map { id in
                let publisher = trial.keep(try ServerProcess(.plain.with { $0.flags = ["--region-id", "\(id)"] }))
                return "http://127.0.0.1:\(publisher.port)/derpmap/default"
            }
            let server = try trial.server("map-url", urls[0], urls[1])
            _ = try trial.comes { try Look.regionIDs(of: server) == "900 901 902" }
            return try Look.regionIDs(of: server)
        },
        FlagEffect("map-path", "900 901 902") { trial in
            let files = try (901...902).map { try trial.file("\($0).yaml", FlagTrial.map($0)) }
            return try Look.regionIDs(of: trial.server("map-path", files[0], files[1]))
        },
        FlagEffect("map-own-region", "901") { trial in
            let file = try trial.file("map.yaml", FlagTrial.map(901))
            return try Look.regionIDs(of: trial.server("map-own-region", "false", with: ["map-path": file]))
        },
        FlagEffect("map-update", "902") { trial in
            let file = try trial.file("map.yaml", FlagTrial.map(901))
            let settings = ["map-path": file, "map-own-region": "false"]
            let publisher = try ServerProcess(
                .plain.with { $0.settings = settings.map { ServerSetting($0, [$1]) } }
            )
            let url = "http://127.0.0.1:\(publisher.port)/derpmap/default"
            let server = try trial.server("map-update", "1s", with: ["map-url": url, "map-own-region": "false"])
            try eventually("it has the map") { try Look.regionIDs(of: server) == "901" }
            try trial.directory.write(FlagTrial.map(902), to: "map.yaml")
            try eventually("the publisher has the new map") { try Look.regionIDs(of: publisher) == "902" }
            _ = try trial.comes(within: .seconds(3)) { try Look.regionIDs(of: server) == "902" }
            return try withExtendedLifetime(publisher) { try Look.regionIDs(of: server) }
        },
        FlagEffect("map-cache", "a map") { trial in
            let publisher = try ServerProcess(.plain.with { $0.flags = ["--region-id", "901"] })
            let url = "http://127.0.0.1:\(publisher.port)/derpmap/default"
            _ = try trial.server("map-cache", trial.path("maps"), with: ["map-url": url])
            let isKept = try trial.comes {
                let files = try? FileManager.default.contentsOfDirectory(atPath: trial.path("maps"))
                return files?.isEmpty == false
            }
            return withExtendedLifetime(publisher) { isKept ? "a map" : "nothing" }
        },
        FlagEffect("map-shuffle", "all in another order") { trial in
            let hosts = (0..<8).map { "h\($0).relays.test" }
            let file = try trial.file("map.yaml", FlagTrial.map(901, nodes: hosts))
            let served = try Look.hosts(
                of: trial.server("map-shuffle", "a seed", with: ["map-path": file]),
                region: 901
            )
            #expect(served.sorted() == hosts)
            return served == hosts ? "all in the file's order" : "all in another order"
        },
        FlagEffect("bootstrap-dns-names", "told") { trial in
            let server = try trial.server("bootstrap-dns-names", "localhost", "x.invalid")
            return try Self.isTold("/bootstrap-dns", by: server, trial) ? "told" : "not told"
        },
        FlagEffect("unpublished-bootstrap-dns-names", "told to who asks") { trial in
            let server = try trial.server("unpublished-bootstrap-dns-names", "localhost", "x.invalid")
            guard try Self.isTold("/bootstrap-dns?q=localhost", by: server, trial) else { return "not told" }
            let isPublished = try HTTPRequest("/bootstrap-dns").send(to: server).text.contains("localhost")
            return isPublished ? "told to all" : "told to who asks"
        },
    ]

    private static func isTold(_ path: String, by server: ServerProcess, _ trial: FlagTrial) throws -> Bool {
        try trial.comes { try HTTPRequest(path).send(to: server).text.contains("localhost") }
    }

    @Test("A flag has its effect in every form, and without it there is none", arguments: effects.flatMap(\.cases))
    func effect(trial: FlagEffect.Case) throws { try trial.verify() }
}
