/// The handshake messages that may come after the handshake (RFC 8446 §4.6): KeyUpdate, and tickets for a client,
/// which are ignored. Pure: collects messages that are cut into several records.
struct PostHandshakeMessages {
    /// A KeyUpdate that asks for none in return.
    static let keyUpdate: [UInt8] = [24, 0, 0, 1, 0]

    private static let headerCount = 4
    private static let ticketType: UInt8 = 4
    private static let keyUpdateType: UInt8 = 24
    /// A ticket's fields can't fill more, in bytes.
    private static let largestTicket = 4 + 4 + 1 + 255 + 2 + 65_535 + 2 + 65_535

    private let acceptsTickets: Bool
    private var partial: [UInt8] = []
    /// How much of a ticket is still to come.
    private var toSkip = 0
    private var isUpdateRequested = false

    init(acceptsTickets: Bool) {
        self.acceptsTickets = acceptsTickets
    }

    /// Whether no message is cut: other records may come only then.
    var isBetweenMessages: Bool { self.partial.isEmpty && self.toSkip == 0 }

    /// Whether the peer asked for a KeyUpdate in return. Asking several times counts once.
    mutating func takeUpdateRequest() -> Bool {
        defer { self.isUpdateRequested = false }
        return self.isUpdateRequested
    }

    /// Reads a record's content; returns whether the peer goes on to its next key.
    mutating func read(_ content: UnsafeRawBufferPointer) throws(TLSFailure) -> Bool {
        guard !content.isEmpty else { throw TLSFailure(.unexpectedMessage, "an empty handshake record") }
        var rest = content[...]
        while !rest.isEmpty {
            if self.toSkip > 0 {
                let count = min(self.toSkip, rest.count)
                self.toSkip -= count
                rest = rest.dropFirst(count)
                continue
            }
            let taken = min(Self.headerCount + 1 - self.partial.count, rest.count)
            self.partial.append(contentsOf: rest.prefix(taken))
            rest = rest.dropFirst(taken)
            guard self.partial.count > Self.headerCount else { break }
            if try self.takeMessage() {
                // The key changes with the record (§5.1), so nothing else may be in it.
                guard rest.isEmpty else { throw TLSFailure(.unexpectedMessage, "data behind a KeyUpdate") }
                return true
            }
        }
        return false
    }

    /// Acts on the first bytes of a message; returns whether it was a KeyUpdate.
    private mutating func takeMessage() throws(TLSFailure) -> Bool {
        let message = self.partial
        self.partial = []
        let size = Int(message[1]) << 16 | Int(message[2]) << 8 | Int(message[3])
        switch message[0] {
        case Self.keyUpdateType:
            guard size == 1 else { throw TLSFailure(.decodeError, "a KeyUpdate is malformed") }
            guard message[4] <= 1 else { throw TLSFailure(.illegalParameter, "a KeyUpdate is malformed") }
            if message[4] == 1 { self.isUpdateRequested = true }
            return true
        case Self.ticketType where self.acceptsTickets && (1...Self.largestTicket).contains(size):
            self.toSkip = size - 1
            return false
        default:
            throw TLSFailure(.unexpectedMessage, "an unexpected handshake message")
        }
    }
}
