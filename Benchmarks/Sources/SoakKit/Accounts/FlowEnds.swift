@_spi(Benchmarks) import DERPKit
import LoadKit

/// The packets from one client to another, as its sender knows them. Confined to the sender's loop.
final class FlowSource {
    let index: Int
    let kind: PacketKind
    let destination: NodePublicKey
    let size: Int
    /// The pause between two packets, in nanoseconds; 0 for a flow that only sends when it is told to.
    let interval: UInt64
    var due: UInt64 = 0
    /// By the number of the sender's connection.
    private(set) var records: [UInt32: SentRecord] = [:]
    /// The record of the current connection.
    private(set) var current = SentRecord()

    init(index: Int, kind: PacketKind, to destination: NodePublicKey, size: Int, interval: UInt64) {
        self.index = index
        self.kind = kind
        self.destination = destination
        self.size = size
        self.interval = interval
    }

    /// Returns the next packet's frame on this connection.
    func next(on connection: UInt32, time: UInt64) -> [UInt8] {
        let number = SequenceNumber(connection: connection, place: self.current.written)
        self.current.written += 1
        let (size, kind, index) = (self.size, self.kind, self.index)
        let payload = [UInt8](unsafeUninitializedCapacity: NodePublicKey.byteCount + size) { buffer, count in
            let base = UnsafeMutableRawPointer(buffer.baseAddress!)
            self.destination.store(to: base)
            let place = base + NodePublicKey.byteCount
            TestPacket.write(kind, flow: index, size: size, sequence: number.rawValue, time: time, to: place)
            count = NodePublicKey.byteCount + size
        }
        return Frame.encode(.sendPacket, payload)
    }

    /// Notes that the server has read this many packets of the current connection.
    func confirm(_ count: UInt32) {
        self.current.confirmed = max(self.current.confirmed, min(count, self.current.written))
    }

    /// Notes that the current connection has ended.
    func end(_ connection: UInt32) {
        self.current.hasEnded = true
        if self.current.written > 0 { self.records[connection] = self.current }
        self.current = SentRecord()
    }

    /// All records, with that of the connection that is still open.
    func allRecords(open connection: UInt32) -> [UInt32: SentRecord] {
        var all = self.records
        if self.current.written > 0 { all[connection] = self.current }
        return all
    }
}

/// The same packets as their receiver knows them. Confined to the receiver's loop.
final class FlowSink {
    let source: NodePublicKey
    let kind: PacketKind
    let size: Int
    /// By the number of the sender's connection.
    private(set) var records: [UInt32: ArrivedRecord] = [:]

    init(from source: NodePublicKey, kind: PacketKind, size: Int) {
        self.source = source
        self.kind = kind
        self.size = size
    }

    /// Notes a packet. Returns false if it, or a later one, has arrived before.
    func note(_ number: SequenceNumber, on connection: UInt32) -> Bool {
        self.records[number.connection, default: ArrivedRecord()].note(number.place, on: connection)
    }
}
