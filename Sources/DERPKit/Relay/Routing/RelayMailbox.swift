import Synchronization

/// Where a relay loop's mail is left. Bounded: when the loop doesn't keep up, packets are dropped; nothing else is.
final class RelayMailbox: Sendable {
    private struct Content {
        var mail: [RelayMail] = []
        /// The memory of the batches in `mail`, in bytes.
        var footprint = 0
        /// Emptied batches, for those who leave mail to fill again.
        var spare: [PacketBatch] = []
    }

    private let content = Mutex(Content())
    private let waiting = Atomic(0)

    /// The memory of the batches that wait, in bytes. From any thread; it may have changed already.
    var footprint: Int { self.waiting.load(ordering: .relaxed) }

    /// How much memory the batches that wait may hold, in bytes. Not just that of their frames: a loop that doesn't keep
    /// up is left a batch in each tick of the others, however little is in it.
    private static let limit = 8 << 20
    private static let spareLimit = 4

    /// What came of leaving mail.
    struct Receipt {
        /// Nobody had left anything before: the loop must be told.
        var isFirst: Bool
        /// False when too much waits already: the batch is still the caller's.
        var isTaken: Bool
        /// An empty batch to go on with.
        var spare: PacketBatch?
    }

    func leave(_ batch: PacketBatch) -> Receipt {
        self.content.withLock { content in
            let isFirst = content.mail.isEmpty
            guard content.footprint + batch.footprint <= Self.limit else {
                return Receipt(isFirst: false, isTaken: false, spare: nil)
            }
            content.footprint += batch.footprint
            self.waiting.store(content.footprint, ordering: .relaxed)
            content.mail.append(.frames(batch))
            return Receipt(isFirst: isFirst, isTaken: true, spare: content.spare.popLast())
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
                content.footprint = 0
                self.waiting.store(0, ordering: .relaxed)
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
