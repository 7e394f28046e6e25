/// The handshake messages that may come after the handshake (RFC 8446 §4.6): KeyUpdate, and tickets for a client, which
/// are ignored. Pure: collects messages that are split into several records.
struct PostHandshakeMessages {
    /// A KeyUpdate that asks for none in return.
    static let keyUpdate: [UInt8] = [24, 0, 0, 1, 0]

    private static let headerCount = 4
    private static let ticketType: UInt8 = 4
    private static let keyUpdateType: UInt8 = 24
    /// The maximum size of a ticket, in bytes: lifetime, age, nonce, the ticket itself, extensions.
    private static let ticketSizes = 4 + 4 + 1 + (2 + 1) + 2...4 + 4 + (1 + 255) + (2 + 65_535) + (2 + 65_535)

    private let acceptsTickets: Bool
    /// The beginning of an incomplete message: its header, or less.
    private var partial: [UInt8] = []
    /// How much of a ticket is still missing.
    private var toSkip = 0
    /// Whether the peer asked for a KeyUpdate in return. Several requests count once.
    var isUpdateRequested = false

    init(acceptsTickets: Bool) {
        self.acceptsTickets = acceptsTickets
    }

    /// Whether no message is incomplete. Only then may other records follow.
    var isBetweenMessages: Bool { self.partial.isEmpty && self.toSkip == 0 }

    /// Reads a record's content. Returns whether the peer switches to its next key.
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
            self.partial.append(rest.removeFirst())
            if self.partial.count == Self.headerCount {
                try self.judgeHeader()
            } else if self.partial.count > Self.headerCount {
                try self.takeKeyUpdate()
                // The key changes with the record (§5.1), so nothing else may be in it.
                guard rest.isEmpty else { throw TLSFailure(.unexpectedMessage, "data behind a KeyUpdate") }
                return true
            }
        }
        return false
    }

    /// Only a KeyUpdate is examined further.
    private mutating func judgeHeader() throws(TLSFailure) {
        let size = Int(self.partial[1]) << 16 | Int(self.partial[2]) << 8 | Int(self.partial[3])
        switch self.partial[0] {
        case Self.keyUpdateType:
            guard size == 1 else { throw TLSFailure(.decodeError, "a KeyUpdate is malformed") }
        case Self.ticketType where self.acceptsTickets:
            guard Self.ticketSizes.contains(size) else { throw TLSFailure(.decodeError, "a ticket is malformed") }
            self.toSkip = size
            self.partial = []
        default:
            throw TLSFailure(.unexpectedMessage, "an unexpected handshake message")
        }
    }

    private mutating func takeKeyUpdate() throws(TLSFailure) {
        let request = self.partial[Self.headerCount]
        self.partial = []
        guard request <= 1 else { throw TLSFailure(.illegalParameter, "a KeyUpdate is malformed") }
        if request == 1 { self.isUpdateRequested = true }
    }
}
