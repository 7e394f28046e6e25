@testable import AsyncSockets

/// A record layer under test, the keys of its peer, and what may be delivered.
struct RecordGame {
    private let layer: TLSRecordLayer
    private let keys: TrafficKeys
    private let answers: TrafficKeys
    private var stream: [UInt8] = []
    private var sealed: [UInt8] = []
    private var deliveredCount = 0
    private var hasFailed = false

    init?(suite number: UInt8, isServer: Bool) {
        guard let suite = TLSCipherSuite(number: 0x1301 + UInt16(number % 3)) else { return nil }
        let there = [UInt8](repeating: 1, count: suite.secretSize)
        let back = [UInt8](repeating: 2, count: suite.secretSize)
        guard let reading = TrafficKeys(suite: suite, secret: there, encrypts: false),
            let writing = TrafficKeys(suite: suite, secret: back, encrypts: true),
            let keys = TrafficKeys(suite: suite, secret: there, encrypts: true),
            let answers = TrafficKeys(suite: suite, secret: back, encrypts: false)
        else { return nil }
        self.layer = TLSRecordLayer(reading: reading, writing: writing, isServer: isServer, recordsPerKey: 5)
        self.keys = keys
        self.answers = answers
    }

    mutating func add(type: UInt8, content: [UInt8], padding: UInt8) {
        var inner = content + [type] + [UInt8](repeating: 0, count: Int(padding))
        let last = inner.removeLast()
        let bodyCount = inner.count + 1 + TLSRecord.tagCount
        var record = [UInt8](repeating: 0, count: TLSRecord.headerCount + bodyCount)
        let isSealed = record.withUnsafeMutableBytes { memory in
            guard let start = memory.baseAddress else { return false }
            TLSRecord.storeHeader(bodyCount: bodyCount, at: start)
            return inner.withUnsafeBytes {
                self.keys.seal($0, type: last, header: UnsafeRawPointer(start), to: start + TLSRecord.headerCount)
            }
        }
        precondition(isSealed)
        self.stream += record
        // The type is the last byte that isn't zero, so for type 0 it is one of the content's.
        let text = (content + [type])[...].reversed().drop { $0 == 0 }
        if text.first == 23 { self.sealed += text.dropFirst().reversed() }
    }

    mutating func addKeyUpdate(request: UInt8) {
        self.add(type: 22, content: [24, 0, 0, 1, request], padding: 0)
        precondition(self.keys.update())
    }

    mutating func addRaw(_ bytes: [UInt8]) {
        self.stream += bytes
    }

    /// Hands over what was added, in memory that is no larger than promised.
    mutating func deliver() {
        let plaintext = UnsafeMutableRawBufferPointer.allocate(byteCount: self.stream.count + 17 * 1024, alignment: 1)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
        defer {
            plaintext.deallocate()
            memory.deallocate()
        }
        var output = SealedOutput(memory)
        let result = self.stream.withUnsafeBytes { self.layer.open($0, into: plaintext, output: &output) }
        self.stream = []
        if self.hasFailed {
            precondition(result.failure != nil && result.count == 0 && output.count == 0, "went on after a failure")
        }
        precondition(self.sealed[self.deliveredCount...].starts(with: plaintext[..<result.count]), "forged data")
        self.deliveredCount += result.count
        let types = self.opened(output.filled)
        precondition(types.isEmpty || types == [21] && result.failure != nil, "opening sent more than an alert")
        self.hasFailed = result.failure != nil
    }

    /// Writes `count` bytes where there is `room` for this many.
    mutating func write(_ count: UInt8, room: Int) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 1)
        defer { memory.deallocate() }
        var output = SealedOutput(memory)
        let text = [UInt8](repeating: 7, count: Int(count))
        let written = text.withUnsafeBytes { self.layer.seal($0, output: &output) }
        precondition((written == nil) == self.hasFailed && (written ?? 0) <= text.count, "a strange result of sealing")
        let types = self.opened(output.filled)
        precondition(types.filter { $0 == 23 }.count == (written ?? 0 > 0 ? 1 : 0), "not what was said to be sealed")
        precondition(types.count <= 2 && types.allSatisfy { $0 == 22 || $0 == 23 }, "sealed what nobody asked for")
    }

    /// The types of records that the layer sent, which must open.
    private func opened(_ sent: UnsafeRawBufferPointer) -> [UInt8] {
        var types: [UInt8] = []
        var rest = sent[...]
        while !rest.isEmpty {
            let record = UnsafeRawBufferPointer(rebasing: rest)
            precondition(record.count >= 22 && record[0] == 23)
            let bodyCount = Int(record[3]) << 8 | Int(record[4])
            precondition(record.count >= 5 + bodyCount)
            var inner = [UInt8](repeating: 0, count: bodyCount - TLSRecord.tagCount)
            let isOpened = inner.withUnsafeMutableBytes { inner in
                guard let start = record.baseAddress, let memory = inner.baseAddress else { return false }
                return self.answers.open(start, bodyCount: bodyCount, to: memory)
            }
            precondition(isOpened, "what the layer sent doesn't open")
            let type = inner.last ?? 0
            types.append(type)
            if type == 22 { precondition(self.answers.update()) }
            rest = rest.dropFirst(5 + bodyCount)
        }
        return types
    }
}
