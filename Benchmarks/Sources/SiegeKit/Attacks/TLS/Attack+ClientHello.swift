extension Attack {
    static let ffdhe8 = Self.hellos(
        "ffdhe8192-8",
        "8 ClientHellos a second whose key share is ffdhe8192",
        .ffdhe8192,
        8
    )
    static let ffdhe100 = Self.hellos(
        "ffdhe8192-100",
        "100 ClientHellos a second whose key share is ffdhe8192",
        .ffdhe8192,
        100
    )
    static let ffdhe = Self.hellos(
        "ffdhe8192",
        "ClientHellos whose key share is ffdhe8192, as many as go, by 4 senders",
        .ffdhe8192,
        nil
    )
    static let x25519 = Self.hellos("x25519", "ClientHellos with X25519, as many as go, and no more", .x25519, nil)
    static let p256 = Self.hellos("p-256", "ClientHellos with P-256, as many as go, and no more", .p256, nil)

    private static func hellos(
        _ name: String,
        _ summary: String,
        _ group: ClientHello.Group,
        _ rate: Double?
    ) -> Attack {
        Attack(name, .beforeLogin, summary) { field in
            let hello = ClientHello(groups: [group], share: group)
            @Sendable func once(_ index: Int) {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index), patience: 1) else { return }
                _ = wire.send(hello.record())
                _ = wire.receive()
                wire.reset()
            }
            guard let rate else {
                return Crew.run(4) { index in while !field.isOver { once(index) } }
            }
            // Enough senders that one that waits for its answer doesn't delay the others.
            let senders = 16
            Crew.run(senders) { index in field.repeatedly(rate / Double(senders)) { once(index) } }
        }
    }

    static let helloRetry = Attack(
        "hello-retry",
        .beforeLogin,
        "ClientHellos without a share, each followed by one more than the HelloRetryRequest allows"
    ) { field in
        Crew.run(4) { index in
            let hello = ClientHello(groups: [.p256, .x25519], share: nil)
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index), patience: 1) else { continue }
                for _ in 0..<3 {
                    guard wire.send(hello.record()), wire.receive() != nil else { break }
                }
                wire.reset()
            }
        }
    }
}
