import AsyncSockets
import Synchronization

/// Holds a relay loop's mail. Bounded: when the loop doesn't keep up, packets are dropped, but nothing else is.
final class RelayMailbox: Sendable {
    private struct Content {
        var mail: [RelayMail] = []
        /// The memory of the batches in `mail`, in bytes.
        var footprint = 0
        /// Emptied batches, for senders of mail to fill again.
        var spare: [PacketBatch] = []
    }

    private let content = Lock(Content())
    private let waiting = Atomic(0)

    /// The memory of the waiting batches, in bytes. Can be read from any thread; the value may be outdated.
    var footprint: Int { self.waiting.load(ordering: .relaxed) }

    /// The maximum memory of the waiting batches, in bytes. It counts whole batches, not just their frames: a loop that
    /// doesn't keep up gets a batch in each tick of the other loops, however little is in it.
    private static let limit = 8 << 20
    private static let spareLimit = 4

    /// The result of leaving mail.
    struct Receipt {
        /// Whether the mailbox was empty, so that the loop must be told.
        var isFirst: Bool
        /// `false` when too much is waiting already. The batch is then still the caller's.
        var isTaken: Bool
        /// An empty batch to continue with.
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

    /// Leaves mail. Returns whether the mailbox was empty, so that the loop must be told.
    func leave(_ mail: RelayMail) -> Bool {
        self.content.withLock { content in
            defer { content.mail.append(mail) }
            return content.mail.isEmpty
        }
    }

    /// Takes all mail, in order.
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
