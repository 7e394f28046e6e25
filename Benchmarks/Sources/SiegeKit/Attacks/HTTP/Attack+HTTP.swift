extension Attack {
    static let pipelining = Attack(
        "pipelining",
        .beforeLogin,
        "requests for /derp/probe behind each other without end, over TLS on one connection, whose answers are read"
    ) { field in
        Self.pipeline(field, connections: 1)
    }

    static let pipelining4 = Attack(
        "pipelining-4",
        .beforeLogin,
        "requests for /derp/probe behind each other without end, over TLS on 4 connections"
    ) { field in
        Self.pipeline(field, connections: 4)
    }

    private static func pipeline(_ field: Field, connections: Int) {
        let request = "GET /derp/probe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        let many = Array(String(repeating: request, count: 300).utf8)
        Crew.run(connections) { index in
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index)), let secure = SecureWire(wire)
                else { continue }
                while !field.isOver, secure.send(many), secure.discard() {}
                secure.close()
            }
        }
    }

    static let requests = Attack(
        "requests",
        .beforeLogin,
        "a TLS handshake and one request for the map each, by 4 clients, as many as go"
    ) { field in
        let request = Array("GET /derpmap/default HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
        Crew.run(4) { index in
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index)), let secure = SecureWire(wire)
                else { continue }
                _ = secure.send(request)
                while secure.receive() != nil {}
                secure.close()
            }
        }
    }

    static let headers = Attack(
        "headers",
        .beforeLogin,
        "heads of 15 KiB in 3,000 fields, over TLS, by 4 clients, as many as go"
    ) { field in
        let fields = (0..<3000).map { _ in "a:b\r\n" }.joined()
        let request = Array("GET /derp/probe HTTP/1.1\r\nHost: 127.0.0.1\r\n\(fields)\r\n".utf8)
        Crew.run(4) { index in
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index)), let secure = SecureWire(wire)
                else { continue }
                while !field.isOver, secure.send(request), secure.receive() != nil {}
                secure.close()
            }
        }
    }

    static let plainHTTP = Attack(
        "plain-http",
        .beforeLogin,
        "requests behind each other without end to the plain HTTP port, on 4 connections"
    ) { field in
        let request = "GET /generate_204 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        let many = Array(String(repeating: request, count: 300).utf8)
        Crew.run(4) { index in
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.http, from: .many(index)) else { continue }
                while !field.isOver, wire.send(many), wire.discard() {}
                wire.close()
            }
        }
    }

    static let keepAlive = Attack(
        "keep-alive",
        .beforeLogin,
        "8,192 connections from one address to the plain HTTP port, each with a request every 5 s",
        leastSeconds: 15
    ) { field in
        let request = Array("GET /generate_204 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8)
        var wires: [Wire] = []
        var made = 0
        while !field.isOver {
            for _ in 0..<8192 - wires.count where !field.isOver {
                guard let wire = Wire(field, to: field.ports.http, from: .one, patience: 0.5) else { break }
                made += 1
                wires.append(wire)
            }
            wires.removeAll { !$0.send(request) || !$0.discard() }
            field.sleep(5)
        }
        field.costs.note("\(wires.count) connections held at the end, \(made) made")
    }

    static let webSockets = Attack(
        "websockets",
        .beforeLogin,
        "WebSocket handshakes over TLS, by 4 clients, as many as go"
    ) { field in
        Crew.run(4) { index in
            while !field.isOver {
                guard let secure = Self.openWebSocket(field, .many(index)) else { continue }
                secure.close()
            }
        }
    }

    static let webSocketPings = Attack(
        "websocket-pings",
        .beforeLogin,
        "WebSocket pings and empty frames without end, on 4 connections that have not logged in"
    ) { field in
        // A ping with 4 bytes, and an empty binary frame. Both have FIN and a mask of zeros.
        let frames: [UInt8] = [0x89, 0x84, 0, 0, 0, 0, 1, 2, 3, 4, 0x82, 0x80, 0, 0, 0, 0]
        let many = [[UInt8]](repeating: frames, count: 1000).flatMap { $0 }
        Crew.run(4) { index in
            while !field.isOver {
                guard let secure = Self.openWebSocket(field, .many(index)) else { continue }
                while !field.isOver, secure.send(many), secure.discard() {}
                secure.close()
            }
        }
    }

    private static func openWebSocket(_ field: Field, _ source: Source) -> SecureWire? {
        let request = """
            GET /derp HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
            Sec-WebSocket-Protocol: derp\r\n\r\n
            """
        guard let wire = Wire(field, to: field.ports.relay, from: source), let secure = SecureWire(wire) else {
            return nil
        }
        guard secure.send(Array(request.utf8)), secure.receive() != nil else {
            secure.close()
            return nil
        }
        return secure
    }
}
