import Glibc

extension Attack {
    static let mapHangs = Self.map("map-hangs", "says nothing") { wire, field, _ in
        while !field.isOver { field.sleep(0.1) }
        wire.close()
    }

    static let mapDribbles = Self.map("map-dribbles", "sends one byte in a tenth of a second") { wire, field, _ in
        for byte in "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".utf8 where !field.isOver {
            guard wire.send([byte]) else { return }
            field.sleep(0.02)
        }
        while !field.isOver, wire.send([UInt8(ascii: " ")]) { field.sleep(0.1) }
    }

    static let mapEndless = Self.map("map-endless", "answers without end") { wire, field, _ in
        _ = wire.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        let many = [UInt8](repeating: UInt8(ascii: " "), count: 64 * 1024)
        while !field.isOver, wire.send(many) {}
    }

    static let mapDeep = Self.map("map-deep", "answers with 4 MB of brackets") { wire, _, _ in
        _ = wire.send(HostileServer.response(String(repeating: "[", count: 4_000_000)))
    }

    /// The last map is small: a map keeps its memory while it is served, which isn't a leak.
    static let mapHuge = Self.map(
        "map-huge",
        "answers with a map of 4,000 regions in 4 MB, another one each second, and in the end with one that has none",
        endsWell: "the last map has no regions: what the map takes that is served stays as long as it is served"
    ) { wire, _, number in
        _ = wire.send(HostileServer.response(Self.hugeMap(number), fields: ["ETag: \"\(number)\""]))
    }

    static let mapWords = Self.map("map-words", "answers with a region that has a name of 4 MB, of control characters")
    {
        wire,
        field,
        number in
        let name = String(repeating: "\\u001b[31m\\n", count: 300_000)
        _ = wire.send(HostileServer.response("{\"Regions\":{\"1\":{\"RegionID\":1,\"RegionName\":\"\(name)\"}}}"))
        Self.expectCleanLog(field)
    }

    /// Returns a map whose nodes have addresses as host names, so that there are no DNS queries.
    private static func hugeMap(_ number: Int) -> String {
        let regions = (1...4000).map { id in
            let filler = String(repeating: "x", count: 900)
            return """
                "\(id)":{"RegionID":\(id),"RegionCode":"r\(id)","RegionName":"\(filler)\(number)",\
                "Nodes":[{"Name":"\(id)a","RegionID":\(id),"HostName":"192.0.2.1"}]}
                """
        }
        return "{\"Regions\":{\(regions.joined(separator: ","))}}"
    }

    /// Makes an attack by a server of maps that turns hostile when the attack begins. The relay asks it every second,
    /// but after a failure only every 30 s.
    ///
    /// - Parameter endsWell: Why the server behaves again after the attack; `nil` if it doesn't.
    private static func map(
        _ name: String,
        _ what: String,
        endsWell: String? = nil,
        serve: @escaping @Sendable (Wire, Field, _ number: Int) -> Void
    ) -> Attack {
        let (count, goodAnswers) = (Counter(), Counter())
        return .waiting(
            name,
            .trusted,
            "a map's server \(what)",
            settings: ServerSettings(
                flags: [
                    "--map-url", "http://127.0.0.1:{side-port}/map", "--map-update", "1s", "--map-cache", "{dir}/maps",
                ]
            ),
            leastSeconds: 12
        ) { wire, field in
            guard HostileServer.request(on: wire) != nil else { return }
            let isOver = field.isOver
            guard field.hasBegun, endsWell == nil || !isOver else {
                _ = wire.send(HostileServer.response("{\"Regions\":{}}"))
                if isOver { _ = goodAnswers.next() }
                return
            }
            serve(wire, field, count.next())
        } attack: { field in
            field.sleepUntilOver()
            field.costs.note("\(count.value) requests")
            guard let endsWell else { return }
            field.costs.note(endsWell)
            for _ in 0..<500 where goodAnswers.value == 0 { usleep(10_000) }
            if goodAnswers.value == 0 { field.costs.note("nobody asked for it") }
        }
    }

    /// Fails the attack if the server's log has control characters, or lines longer than any needs to be.
    static func expectCleanLog(_ field: Field) {
        let log = LogFile.read(field.directory + "/server.log")
        if log.contains(where: { ($0 < 0x20 && $0 != 0x0a && $0 != 0x09) || $0 == 0x7f }) {
            field.costs.countFailure("control characters in the log")
        }
        if log.split(separator: 0x0a).contains(where: { $0.count > 16 * 1024 }) {
            field.costs.countFailure("a line of more than 16 KiB in the log")
        }
    }
}
