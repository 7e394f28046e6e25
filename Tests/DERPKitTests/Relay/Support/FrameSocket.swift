import Glibc

@_spi(Benchmarks) @testable import DERPKit

/// A test's end of a socket pair, from which it reads frames. Owns its descriptor.
final class FrameSocket {
    let descriptor: Int32
    private var received: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { Glibc.close(self.descriptor) }

    /// The whole frames that have come since the last time, in up to `limit` bytes, about.
    func frames(limit: Int = .max) -> [TableClient.Frame] {
        var buffer = [UInt8](repeating: 0, count: min(1 << 16, limit))
        var left = limit
        while left > 0, case let count = recv(self.descriptor, &buffer, buffer.count, 0), count > 0 {
            self.received += buffer.prefix(count)
            left -= count
        }
        var frames: [TableClient.Frame] = []
        var next = 0
        while self.received.count - next >= FrameHeader.byteCount {
            let header = self.received.withUnsafeBytes { FrameHeader($0.baseAddress! + next) }
            let end = next + FrameHeader.byteCount + Int(header.payloadCount)
            guard end <= self.received.count else { break }
            let payload = Array(self.received[next + FrameHeader.byteCount..<end])
            frames.append(TableClient.Frame(type: header.type, payload: payload))
            next = end
        }
        self.received.removeFirst(next)
        return frames
    }
}
