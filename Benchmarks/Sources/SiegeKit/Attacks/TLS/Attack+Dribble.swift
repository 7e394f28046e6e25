extension Attack {
    static let dribbleTLS = Self.dribble("dribble-tls", "a ClientHello, on 1,000 connections", isSecure: false) { _ in
        ClientHello(groups: [.x25519], share: .x25519).record()
    }

    static let dribbleHTTP = Self.dribble("dribble-http", "an HTTP request, on 500 connections", count: 500) { _ in
        Array("GET /derp HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n".utf8)
    }

    static let dribbleLogin = Self.dribble(
        "dribble-login",
        "a ClientInfo of 256 KiB, on 500 connections",
        count: 500,
        first: Array(
            "GET /derp HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nDerp-Fast-Start: 1\r\n\r\n"
                .utf8
        )
    ) { _ in
        [0x02, 0x00, 0x04, 0x00, 0x00] + [UInt8](repeating: 0x41, count: 400)
    }

    static let dribblePROXY = Self.dribble(
        "dribble-proxy",
        "a PROXY header of a trusted proxy, on 1,000 connections",
        isSecure: false,
        settings: .behindProxies(isTLS: true, flags: ["--proxy-protocol"]),
        from: { .proxy($0) }
    ) { _ in
        Array("PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n".utf8)
    }

    /// Sends one byte per second on each of many connections. A closed connection is made again.
    private static func dribble(
        _ name: String,
        _ what: String,
        isSecure: Bool = true,
        count: Int = 1000,
        settings: ServerSettings = ServerSettings(),
        from source: @escaping @Sendable (Int) -> Source = { .many($0 % 64) },
        first: [UInt8] = [],
        _ text: @escaping @Sendable (Int) -> [UInt8]
    ) -> Attack {
        Attack(name, .beforeLogin, "one byte a second of \(what)", settings: settings, leastSeconds: 12) { field in
            Crew.run(2) { half in
                var channels: [(channel: any Channel, text: [UInt8], sent: Int)] = []
                var made = half * count
                while !field.isOver {
                    while channels.count < count / 2, !field.isOver {
                        made += 1
                        guard let wire = Wire(field, to: field.ports.relay, from: source(made), patience: 1) else {
                            break
                        }
                        let secure = isSecure ? SecureWire(wire) : nil
                        guard !isSecure || secure != nil else { break }
                        let channel: any Channel = secure ?? wire
                        if !first.isEmpty { _ = channel.send(first) }
                        channels.append((channel, text(made), 0))
                    }
                    for index in channels.indices where channels[index].sent < channels[index].text.count {
                        let byte = channels[index].text[channels[index].sent]
                        channels[index].sent = channels[index].channel.send([byte]) ? channels[index].sent + 1 : .max
                    }
                    channels.removeAll { $0.sent == .max }
                    field.sleep(1)
                }
                for entry in channels { entry.channel.close() }
            }
        }
    }
}
