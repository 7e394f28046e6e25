import Glibc
import Testing

@testable import AsyncSockets

extension UDPSocket {
    func send(text: String) -> Int32 {
        Array(text.utf8).withUnsafeBytes { self.send($0) }
    }

    /// Blocks until there is something to receive.
    func awaitReadable() throws {
        var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
        try #require(poll(&entry, 1, 10_000) == 1, "nothing came")
    }

    /// Blocks until `count` datagrams have come, calls `body` with the index of each, and sends what it replied.
    func receive(_ count: Int, into batch: DatagramBatch, _ body: (Int) throws -> Void) throws {
        var missing = count
        while missing > 0 {
            try self.awaitReadable()
            try #require(self.receive(into: batch) == .datagrams)
            for index in 0..<batch.count {
                try body(index)
            }
            missing -= batch.count
            #expect(self.sendReplies(of: batch) == 0)
        }
        #expect(missing == 0)
    }
}

extension DatagramBatch {
    func text(_ index: Int) -> String {
        String(decoding: self.payload(index), as: UTF8.self)
    }

    func reply(_ index: Int, text: String) {
        self.slot(index).copyBytes(from: Array(text.utf8))
        self.reply(to: index, size: text.utf8.count)
    }
}
