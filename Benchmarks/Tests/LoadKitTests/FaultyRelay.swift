import AsyncSockets
@_spi(Benchmarks) import DERPKit
import LoadKit

/// A relay between pairs of connections that does one wrong thing, once.
// @unchecked: confined to the one loop.
final class FaultyRelay: @unchecked Sendable {
    enum Fault: CaseIterable, Sendable {
        case none, corrupt, shorten, double, swap, drop, misdeliver, disconnect
    }

    private let fault: Fault
    private var waiting: [UInt64: TCPStream] = [:]
    private var destinations: [TCPStream] = []
    private var count = 0
    private var heldBack: [UInt8] = []

    init(_ fault: Fault) {
        self.fault = fault
    }

    func serve(_ stream: TCPStream) async {
        var greeting: [UInt8] = []
        while greeting.count < PairGreeting.byteCount {
            guard let bytes = await self.next(stream) else { return stream.close() }
            greeting += bytes
        }
        try? await stream.write(PairGreeting.answer)
        let number = greeting.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        guard let source = self.waiting.removeValue(forKey: number) else {
            self.waiting[number] = stream
            return
        }
        self.destinations.append(stream)
        await self.relay(from: source, to: stream)
    }

    private func next(_ stream: TCPStream) async -> [UInt8]? {
        while true {
            switch stream.receive() {
            case .bytes(let bytes): return Array(bytes)
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: return nil
            }
        }
    }

    private func relay(from source: TCPStream, to destination: TCPStream) async {
        var reader = FrameReader()
        while let bytes = await self.next(source) {
            var frames: [[UInt8]] = []
            _ = bytes.withUnsafeBytes {
                reader.read($0, judge: { _ in .take }) { type, payload in
                    frames.append(Frame.encode(type, payload))
                    return true
                }
            }
            for frame in frames { await self.pass(frame, to: destination) }
        }
        source.close()
        destination.close()
    }

    /// The packet to which it happens.
    private static let victim = 500

    private func pass(_ frame: [UInt8], to destination: TCPStream) async {
        self.count += 1
        var frame = frame
        var target = destination
        if self.count == Self.victim {
            switch self.fault {
            case .none: break
            case .corrupt: frame[frame.count - 1] ^= 1
            case .shorten: frame = Frame.encode(.sendPacket, frame[FrameHeader.byteCount..<frame.count - 1])
            case .double: frame += frame
            case .swap:
                self.heldBack = frame
                return
            case .drop: return
            case .misdeliver: target = self.destinations.first { $0 !== destination } ?? destination
            case .disconnect: destination.close()
            }
        }
        try? await target.write(frame + self.heldBack)
        self.heldBack = []
    }
}
