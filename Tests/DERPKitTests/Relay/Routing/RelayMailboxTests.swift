import Testing

@testable import DERPKit

@Suite("Relay mailbox")
struct RelayMailboxTests {
    private static let target = ClientID(loop: 0, slot: 0, generation: 0)
    private static let source = NodePublicKey([UInt8](repeating: 1, count: 32))

    private func batch(_ size: Int, count: Int = 1) throws -> PacketBatch {
        let batch = PacketBatch()
        let source = try #require(Self.source)
        for _ in 0..<count {
            [UInt8](repeating: 7, count: size).withUnsafeBytes {
                batch.append($0, from: source, kind: .other, to: Self.target)
            }
        }
        return batch
    }

    @Test("the loop is woken for the first mail, and again once it has taken everything")
    func notices() throws {
        let mailbox = RelayMailbox()
        let key = try #require(Self.source)
        #expect(mailbox.leave(.routeRemoved(key)))
        #expect(!mailbox.leave(.routeRemoved(key)))
        #expect(!mailbox.leave(try self.batch(10)).isFirst)
        #expect(mailbox.takeAll().count == 3)
        #expect(mailbox.takeAll().isEmpty)
        #expect(mailbox.leave(try self.batch(10)).isFirst)
    }

    @Test("mail is taken in the order in which it was left")
    func order() throws {
        let mailbox = RelayMailbox()
        let key = try #require(Self.source)
        _ = mailbox.leave(try self.batch(10))
        _ = mailbox.leave(.route(key, Self.target))
        _ = mailbox.leave(try self.batch(20))
        _ = mailbox.leave(.activity(Self.target, isActive: true))
        let names = mailbox.takeAll().map { mail in
            switch mail {
            case .frames: "frames"
            case .route: "route"
            case .activity: "activity"
            default: "other"
            }
        }
        #expect(names == ["frames", "route", "frames", "activity"])
    }

    @Test(
        "the memory of what waits is bounded, whether batches are small or large",
        arguments: [(1, 1), (1400, 1), (1400, 180), (65536, 4)]
    )
    func bounded(size: Int, count: Int) throws {
        let mailbox = RelayMailbox()
        var memory = 0
        var hasRefused = false
        for _ in 0..<3000 {
            let batch = try self.batch(size, count: count)
            let receipt = mailbox.leave(batch)
            guard receipt.isTaken else {
                #expect(!receipt.isFirst)
                hasRefused = true
                break
            }
            memory += batch.footprint
        }
        #expect(hasRefused)
        #expect(memory <= 8 << 20)
        #expect(memory >= 4 << 20)
        _ = mailbox.takeAll()
        #expect(mailbox.leave(try self.batch(size)).isTaken)
    }

    @Test("what isn't a packet is taken though too much waits")
    func otherMail() throws {
        let mailbox = RelayMailbox()
        let key = try #require(Self.source)
        while mailbox.leave(try self.batch(65536, count: 3)).isTaken {}
        let before = mailbox.takeAll().count
        while mailbox.leave(try self.batch(65536, count: 3)).isTaken {}
        _ = mailbox.leave(.routeRemoved(key))
        #expect(mailbox.takeAll().count == before + 1)
    }

    @Test("emptied batches are lent again")
    func spare() throws {
        let mailbox = RelayMailbox()
        #expect(mailbox.leave(try self.batch(10)).spare == nil)
        let emptied = try self.batch(10)
        emptied.removeAll()
        for _ in 0..<10 { mailbox.giveBack(emptied) }
        var lent = 0
        while mailbox.leave(try self.batch(10)).spare != nil { lent += 1 }
        #expect((1...10).contains(lent))
    }
}
