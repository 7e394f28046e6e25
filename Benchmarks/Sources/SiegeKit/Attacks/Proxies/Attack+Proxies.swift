extension Attack {
    static let proxyHeaders = Attack(
        "proxy-headers",
        .beforeLogin,
        "nonsense in place of a PROXY header from a trusted proxy's address, by 4 clients, as many as go",
        settings: .behindProxies(isTLS: true, flags: ["--proxy-protocol"])
    ) { field in
        let headers: [[UInt8]] = [
            [UInt8](repeating: 0x41, count: 4200),
            Array("PROXY TCP4 999.1.1.1 1.1.1.1 1 1\r\n".utf8),
            // A header of version 2 with a length of 65,535, and few bytes after it.
            [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0xff, 0xff, 1, 2],
            Array("PROXY UNKNOWN \(String(repeating: "x", count: 4000))".utf8),
        ]
        Crew.run(4) { index in
            var turn = index
            while !field.isOver {
                turn += 1
                guard let wire = Wire(field, to: field.ports.relay, from: .proxy(index), patience: 1) else { continue }
                _ = wire.send(headers[turn % headers.count])
                wire.reset()
            }
        }
    }

    static let forwardedFor = Attack(
        "forwarded-for",
        .beforeLogin,
        "X-Forwarded-For that is not a list of addresses, through a trusted proxy, from more connections than an address may have",
        settings: .behindProxies(isTLS: false, flags: ["--max-connections-per-ip", "16"])
    ) { field in
        // U+0600 forms one Character with the comma after it.
        let tricks = ["\u{600},192.0.2.1", "192.0.2.1, \u{600}", "192.0.2.1\u{301},192.0.2.1", ",,,", "127.0.0.1:x"]
        for (number, trick) in tricks.enumerated() {
            var clients: [Wire] = []
            for _ in 0..<64 where !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .proxy(number), patience: 2) else { continue }
                let request = """
                    GET /derp HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\
                    X-Forwarded-For: \(trick)\r\n\r\n
                    """
                guard wire.send(Array(request.utf8)), let answer = wire.receive(),
                    answer.starts(with: Array("HTTP/1.1 101".utf8))
                else { continue }
                clients.append(wire)
            }
            if clients.count > 16 {
                field.costs.countFailure("more connections of one forwarded address than it may have")
            }
            for wire in clients { wire.close() }
        }
        field.sleepUntilOver()
    }
}
