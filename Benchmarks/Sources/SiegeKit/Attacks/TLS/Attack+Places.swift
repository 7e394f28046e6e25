import Glibc

extension Attack {
    static let halfOpen = Attack(
        "half-open",
        .beforeLogin,
        "8,192 connections from one address that say nothing, made anew as soon as they are closed",
        leastSeconds: 12
    ) { field in
        Self.holdPlaces(field, count: 8192) { _ in [] }
    }

    static let halfOpenMany = Attack(
        "half-open-many",
        .beforeLogin,
        "8,192 connections that say nothing, from 256 addresses",
        leastSeconds: 12
    ) { field in
        Self.holdPlaces(field, count: 8192, from: { .many($0 % 256) }) { _ in [] }
    }

    /// Keeps `count` connections open. Each sends the bytes that `first` returns.
    static func holdPlaces(
        _ field: Field,
        count: Int,
        from source: (Int) -> Source = { _ in .one },
        first: (Int) -> [UInt8]
    ) {
        var wires: [Wire] = []
        var made = 0
        // A blocking socket notices its end only when it is read, so all are read once per turn.
        while !field.isOver {
            let missing = count - wires.count
            for _ in 0..<missing where !field.isOver {
                made += 1
                guard let wire = Wire(field, to: field.ports.relay, from: source(made), patience: 0.5) else { break }
                let bytes = first(made)
                if !bytes.isEmpty { _ = wire.send(bytes) }
                wires.append(wire)
            }
            field.sleep(0.05)
            wires.removeAll { !$0.discard() }
        }
        field.costs.note("\(wires.count) of \(count) connections held at the end, \(made) made")
    }

    static let churn = Attack(
        "churn",
        .beforeLogin,
        "connections made and closed at once, by 4 clients, as many as go"
    ) { field in
        Crew.run(4) { index in
            var turn = 0
            while !field.isOver {
                turn += 1
                Wire(field, to: field.ports.relay, from: .many(index * 1000 + turn % 1000), patience: 1)?.reset()
            }
        }
    }

    static let garbage = Attack(
        "garbage",
        .beforeLogin,
        "16 KiB of nonsense in place of TLS, by 4 clients, as many as go"
    ) { field in
        let nonsense = (0..<16 * 1024).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        Crew.run(4) { index in
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index), patience: 1) else { continue }
                // Each time as a record that is never complete.
                _ = wire.send([0x16, 0x03, 0x01, 0x40, 0x00] + nonsense)
                wire.reset()
            }
        }
    }
}
