import DERPKit

extension Attack {
    static let controllerHangs = Self.controller("controller-hangs", "says nothing") { wire, field in
        field.sleepUntilOver()
        wire.close()
    }

    static let controllerDribbles = Self.controller("controller-dribbles", "sends a head at one byte a second") {
        wire,
        field in
        for byte in "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"Allow\":true}".utf8 where !field.isOver {
            guard wire.send([byte]) else { return }
            field.sleep(1)
        }
    }

    static let controllerEndless = Self.controller("controller-endless", "answers without end") { wire, field in
        _ = wire.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        let many = [UInt8](repeating: UInt8(ascii: " "), count: 64 * 1024)
        while !field.isOver, wire.send(many) {}
    }

    static let controllerLarge = Self.controller("controller-large", "answers with 1 MB of JSON, deeply nested") {
        wire,
        _ in
        _ = wire.send(Self.largeAnswer)
    }

    /// Made only once. Making it for each question would use the processors on which the server is measured.
    private static let largeAnswer = HostileServer.response(String(repeating: "[", count: 1_000_000))

    static let failOpen = Attack.waiting(
        "fail-open",
        .beforeLogin,
        "300 strangers at once, again and again, where the controller denies everybody but bystanders, and fail-open is on",
        settings: controllerSettings(["-verify-client-url-fail-open"])
    ) { wire, _ in
        Self.answerHonestly(wire)
    } attack: { field in
        Crew.run(300) { index in
            while !field.isOver {
                if RelayClient(field, from: .many(index), patience: 12) != nil {
                    field.costs.countFailure("strangers got in that the controller denies")
                }
            }
        }
    }

    private static func controllerSettings(_ flags: [String] = []) -> ServerSettings {
        ServerSettings(
            flags: ["-verify-client-url", "http://localhost:{side-port}/verify", "--verify-cache-deny", "0"] + flags
        )
    }

    /// Admits bystanders, who come from 127.0.0.0/24, and no other client.
    private static func answerHonestly(_ wire: Wire) {
        guard let (_, body) = HostileServer.requestWithBody(on: wire) else { return }
        let isBystander = body.contains("\"127.0.0.")
        _ = wire.send(HostileServer.response("{\"Allow\":\(isBystander)}", fields: ["Connection: close"]))
    }

    /// Makes an attack by a controller that turns hostile when the attack begins, with 64 clients that the relay asks
    /// it about.
    private static func controller(
        _ name: String,
        _ what: String,
        serve: @escaping @Sendable (Wire, Field) -> Void
    ) -> Attack {
        .waiting(
            name,
            .trusted,
            "an admission controller \(what), and 64 clients have it asked",
            settings: controllerSettings(),
            newcomersMayFail: "nobody can say that they may come in"
        ) { wire, field in
            guard field.hasBegun else { return Self.answerHonestly(wire) }
            guard HostileServer.requestWithBody(on: wire) != nil else { return }
            serve(wire, field)
        } attack: { field in
            Crew.run(64) { index in
                while !field.isOver {
                    if RelayClient(field, from: .many(index), patience: 12) != nil {
                        field.costs.countFailure("a client got in that nobody vouched for")
                    }
                }
            }
        }
    }
}
