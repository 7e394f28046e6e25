import Synchronization

/// Where a relay loop's mail is left. Bounded: when the loop doesn't keep up, packets are dropped; nothing else is.
final class RelayMailbox: Sendable {
    private struct Content {
        var mail: [RelayMail] = []
        /// Bytes of frames in `mail`.
        var frameBytes = 0
        /// Emptied batches, for those who leave mail to fill again.
        var spare: [PacketBatch] = []
    }

    private let content = Mutex(Content())

    /// How many bytes of frames may wait.
    private static let frameLimit = 8 << 20
    private static let spareLimit = 4

    /// What came of leaving mail.
    struct Receipt {
        /// Nobody had left anything before: the loop must be told.
        var isFirst: Bool
        /// A batch that was refused, because too much waits already.
        var refused: PacketBatch?
        /// An empty batch to go on with.
        var spare: PacketBatch?
    }

    func leave(_ batch: PacketBatch) -> Receipt {
        self.content.withLock { content in
            let isFirst = content.mail.isEmpty
            guard content.frameBytes + batch.byteCount <= Self.frameLimit else {
                return Receipt(isFirst: false, refused: batch, spare: nil)
            }
            content.frameBytes += batch.byteCount
            content.mail.append(.frames(batch))
            return Receipt(isFirst: isFirst, refused: nil, spare: content.spare.popLast())
        }
    }

    /// Whether nobody had left anything before: the loop must be told.
    func leave(_ mail: RelayMail) -> Bool {
        self.content.withLock { content in
            defer { content.mail.append(mail) }
            return content.mail.isEmpty
        }
    }

    /// Everything that was left, in order. `emptied` may be lent to others.
    func takeAll() -> [RelayMail] {
        self.content.withLock { content in
            defer {
                content.mail = []
                content.frameBytes = 0
            }
            return content.mail
        }
    }

    func giveBack(_ emptied: PacketBatch) {
        self.content.withLock { content in
            if content.spare.count < Self.spareLimit { content.spare.append(emptied) }
        }
    }
}
