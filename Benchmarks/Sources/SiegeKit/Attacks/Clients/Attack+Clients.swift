@_spi(Benchmarks) import DERPKit

extension Attack {
    static let slowReaders = Attack(
        "slow-readers",
        .loggedIn,
        "64 clients that never read, and 4 that send them packets of 1,400 bytes, as many as go"
    ) { field in
        var readers: [RelayClient] = []
        for index in 0..<64 {
            guard let reader = RelayClient(field, from: .many(index), receiveBuffer: 2048) else { continue }
            readers.append(reader)
        }
        let keys = readers.map(\.key)
        let packets = keys.map { RelayClient.packet(to: $0, [UInt8](repeating: 0x55, count: 1400)) }
        Self.flood(field, connections: 4) { index in
            (0..<32).flatMap { packets[(index * 16 + $0) % max(packets.count, 1)] }
        }
        withExtendedLifetime(readers) {}
    }

    static let pings = Attack("pings", .loggedIn, "pings without end, on 4 connections") { field in
        let ping = Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8])
        Self.flood(field, connections: 4) { _ in (0..<1000).flatMap { _ in ping } }
    }

    static let pongs = Attack(
        "pings-unread",
        .loggedIn,
        "pings without end, on 16 connections, whose answers are never read"
    ) { field in
        let ping = Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8])
        Self.flood(field, connections: 16, reads: false) { _ in (0..<1000).flatMap { _ in ping } }
    }

    static let unknownFrames = Attack(
        "unknown-frames",
        .loggedIn,
        "empty frames of a type that nobody knows without end, on 4 connections"
    ) { field in
        Self.flood(field, connections: 4) { _ in (0..<2000).flatMap { _ in [0xee, 0, 0, 0, 0] as [UInt8] } }
    }

    static let endlessFrame = Attack(
        "endless-frame",
        .loggedIn,
        "one frame of 4 GiB of a type that nobody knows, on 4 connections"
    ) { field in
        Self.flood(field, connections: 4, first: [0xee, 0xff, 0xff, 0xff, 0xff]) { _ in
            [UInt8](repeating: 0, count: 64 * 1024)
        }
    }

    static let strangers = Attack(
        "unknown-keys",
        .loggedIn,
        "packets to keys that nobody has, on 4 connections, as many as go"
    ) { field in
        Self.flood(field, connections: 4) { _ in
            (0..<200).flatMap { _ in RelayClient.packet(to: RelayClient.strangerKey(), [1]) }
        }
    }

    static let tinyPackets = Attack(
        "tiny-packets",
        .loggedIn,
        "packets of one byte from 2 clients to 2 others that read, as many as go"
    ) { field in
        Self.floodReaders(field, content: [1])
    }

    static let disco = Attack(
        "disco",
        .loggedIn,
        "packets of path discovery from 2 clients to 2 others that read, as many as go"
    ) { field in
        let magic: [UInt8] = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac]
        Self.floodReaders(field, content: magic + [UInt8](repeating: 7, count: 80))
    }

    static let largePackets = Attack(
        "large-packets",
        .loggedIn,
        "packets of 64 KiB from 2 clients to 2 others that read, as many as go"
    ) { field in
        Self.floodReaders(field, content: [UInt8](repeating: 7, count: 65536))
    }

    static let duplicates = Attack(
        "duplicates",
        .loggedIn,
        "100 connections with one key, that take turns in being the active one, as fast as it goes"
    ) { field in
        let key = NodePrivateKey()
        let clients = (0..<100).compactMap { RelayClient(field, from: .many($0), as: key) }
        if clients.count < 100 { field.costs.note("\(clients.count) connections of 100") }
        let ping = Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8])
        while !field.isOver {
            for client in clients {
                _ = client.channel.send(ping) && (client.channel as? SecureWire)?.discard() ?? true
            }
        }
    }

    static let contacts = Attack(
        "contacts",
        .loggedIn,
        "1,000 clients that write to each other, and leave all at once, again and again"
    ) { field in
        while !field.isOver {
            var clients: [RelayClient] = []
            while clients.count < 1000, !field.isOver {
                guard let client = RelayClient(field, from: .many(clients.count)) else { continue }
                clients.append(client)
            }
            let keys = clients.map(\.key)
            for client in clients where !field.isOver {
                _ = client.channel.send(keys.flatMap { RelayClient.packet(to: $0, [1]) })
            }
            for client in clients { client.channel.close() }
        }
    }

    /// Sends the same bytes over and over, on several connections of clients that have logged in.
    ///
    /// - Parameter reads: Whether the client reads from its socket.
    private static func flood(
        _ field: Field,
        connections: Int,
        reads: Bool = true,
        first: [UInt8] = [],
        _ bytes: @escaping @Sendable (Int) -> [UInt8]
    ) {
        Crew.run(connections) { index in
            let many = bytes(index)
            while !field.isOver {
                guard let client = RelayClient(field, from: .many(index), patience: 2) else { continue }
                guard client.channel.send(first) else { continue }
                while !field.isOver, client.channel.send(many) {
                    if reads, let secure = client.channel as? SecureWire, !secure.discard() { break }
                }
                client.channel.close()
            }
        }
    }

    /// Sends packets from two clients to two others, which read from their sockets and ignore the bytes.
    private static func floodReaders(_ field: Field, content: [UInt8]) {
        Crew.run(2) { index in
            guard let reader = RelayClient(field, from: .many(2 * index)),
                let sender = RelayClient(field, from: .many(2 * index + 1)),
                let readerWire = reader.channel as? SecureWire
            else { return field.costs.note("a client wasn't let in") }
            let packet = RelayClient.packet(to: reader.key, content)
            let many = (0..<max(32_000 / packet.count, 1)).flatMap { _ in packet }
            while !field.isOver, sender.channel.send(many), readerWire.discard() {}
            withExtendedLifetime(reader) {}
        }
    }
}
