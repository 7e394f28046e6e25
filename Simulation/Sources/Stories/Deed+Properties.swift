extension Story.Deed {
    /// The deed without its details.
    var kind: String { String("\(self)".prefix { $0 != "(" }) }

    /// The clients that do it, or to whom it is done.
    var clients: [Int] {
        switch self {
        case .connect(let client), .leave(let client, _), .vanish(let client), .retire(let client), .double(let client),
            .stall(let client, _), .deny(let client), .allow(let client), .controllerDenies(let client, _),
            .list(let client, _), .askAddress(let client, _), .sendAstray(let client, _):
            [client]
        case .send(let sender, let receiver, _, _, _): [sender, receiver]
        default: []
        }
    }

    /// The longest time until it is mended, in nanoseconds. Whoever is denied should still be when all have heard of it.
    var longestUntilMended: UInt64 {
        switch self {
        case .controllerDenies, .list, .mood: 40_000_000_000
        case .deny: 24_000_000_000
        default: 8_000_000_000
        }
    }

    /// What mends it; `nil`: nothing has to.
    var mending: Self? {
        switch self {
        case .stopRelay(let relay), .killRelay(let relay), .crashRelay(let relay, _): .startRelay(relay)
        case .part(let one, let other): .heal(one, other)
        case .deny(let client): .allow(client: client)
        case .judge: .judge(milliseconds: 0, isBroken: false)
        case .faults: .faults(perMillion: 0)
        case .resolver: .resolver(milliseconds: 0, isFailing: false)
        case .mood(let kind, _): .mood(kind, .well)
        case .controllerDenies(let client, true): .controllerDenies(client: client, false)
        case .list(let client, true): .list(client: client, false)
        case .breakFile(let kind): .mendFile(kind)
        default: nil
        }
    }
}
