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
}
