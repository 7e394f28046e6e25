@testable import DERPKit

/// What a reader made of bytes.
struct ReadStream: Equatable {
    var bytes: [UInt8] = []
    var pings: [[UInt8]] = []
    var ending: WebSocketFrameReader.Ending?

    var violation: WebSocketViolation? {
        guard case .violation(let violation) = self.ending else { return nil }
        return violation
    }

    init(bytes: [UInt8] = [], pings: [[UInt8]] = [], ending: WebSocketFrameReader.Ending? = nil) {
        self.bytes = bytes
        self.pings = pings
        self.ending = ending
    }

    /// Reads `pieces` one after another, each in place, as it is done under TLS.
    init(reading pieces: [ArraySlice<UInt8>]) {
        var reader = WebSocketFrameReader()
        for piece in pieces {
            var memory = Array(piece)
            var pings: [[UInt8]] = []
            let count = memory.withUnsafeMutableBytes { memory in
                guard let base = memory.baseAddress else { return 0 }
                return reader.read(UnsafeRawBufferPointer(memory), into: base) { pings.append($0) }
            }
            self.bytes += memory.prefix(count)
            self.pings += pings
            self.ending = reader.ending
            if self.ending != nil { return }
        }
    }

    init(_ bytes: [UInt8]) { self.init(reading: [bytes[...]]) }
    init(_ frames: ClientFrame...) { self.init(frames.bytes) }
    init(_ frames: [ClientFrame]) { self.init(frames.bytes) }

    /// In pieces of one byte each.
    init(byteByByte bytes: [UInt8]) { self.init(reading: bytes.indices.map { bytes[$0...$0] }) }
}
