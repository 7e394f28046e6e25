import AsyncSockets
import LoadKit

/// Pairs connections, and copies bytes between the two of a pair.
// @unchecked: confined to the one loop.
final class Pairing: @unchecked Sendable {
    private var waiting: [UInt64: TCPStream] = [:]

    /// Serves one connection. The first of a pair only waits. The call for the second one serves both until one ends.
    func serve(_ stream: TCPStream, tls: TLSContext?) async {
        guard let number = await PairGreeting.receive(on: stream, tls) else { return stream.close() }
        do { try await stream.write(PairGreeting.answer) } catch { return stream.close() }
        guard number != 0 else { return stream.close() }
        guard let other = self.waiting.removeValue(forKey: number) else {
            self.waiting[number] = stream
            return
        }
        Task(executorPreference: stream.loop) { await self.relay(from: other, to: stream) }
        await self.relay(from: stream, to: other)
    }

    /// How much is read from one connection before the others have their turn, in bytes.
    private static let budget = 256 * 1024

    /// Copies bytes from one connection to the other, and closes both at the end.
    private func relay(from source: TCPStream, to destination: TCPStream) async {
        var budget = Self.budget
        while destination.failure == nil {
            switch source.receive() {
            case .bytes(let bytes):
                let rest = Self.send(bytes, to: destination)
                if !rest.isEmpty {
                    do { try await destination.write(rest) } catch { break }
                }
                budget -= bytes.count
                guard budget <= 0 else { continue }
                await source.loop.nextTick()
                budget = Self.budget
                continue
            case .wouldBlock:
                await source.waitUntilReadable()
                budget = Self.budget
                continue
            case .closed, .failed:
                break
            }
            break
        }
        source.close()
        destination.close()
    }

    /// Sends as many bytes as the destination takes now, and returns the rest.
    private static func send(_ bytes: UnsafeRawBufferPointer, to destination: TCPStream) -> [UInt8] {
        var sent = 0
        while sent < bytes.count, !destination.isWriteBlocked, destination.failure == nil {
            sent += destination.send(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        }
        return Array(bytes[sent...])
    }
}
