import CLoad
import Glibc
import Synchronization

/// A TCP connection that always has something to send: how much the line takes.
enum BulkTransfer {
    private static let port: UInt16 = 3341

    /// The shortest measurement, in seconds: congestion control takes its time.
    private static let seconds = 8.0

    /// Returns how many bytes a second came to the receiver, without the headers of TCP and IP.
    static func measure(_ settings: LineSettings, _ run: RunSettings) throws -> Double {
        let line = try SlowLine(settings)
        let listener = try line.relaySide.run { try TCPSocket.listen(on: SlowLine.relayAddress, Self.port) }
        defer { close(listener) }
        let receiver = try line.receiverSide.run { try TCPSocket.connect(to: SlowLine.relayAddress, Self.port) }
        let sender = accept(listener, nil, nil)
        guard sender >= 0 else { throw FreshError("no connection over the line") }
        let received = Atomic64()
        let sending = try Worker(isPreferred: true) { Self.send(sender) }
        let receiving = try Worker(isPreferred: true) { Self.receive(receiver, received) }
        cload_sleep_until(cload_now() + UInt64(run.warmUp * 1e9))
        let (first, begin) = (received.value, cload_now())
        cload_sleep_until(begin + UInt64(max(run.seconds, Self.seconds) * 1e9))
        let (last, end) = (received.value, cload_now())
        shutdown(receiver, Int32(SHUT_RDWR))
        shutdown(sender, Int32(SHUT_RDWR))
        sending.join()
        receiving.join()
        close(receiver)
        close(sender)
        _ = try line.close()
        return Double(last - first) / (Double(end - begin) / 1e9)
    }

    private static func send(_ descriptor: Int32) {
        let bytes = [UInt8](repeating: 0, count: 64 * 1024)
        while Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {}
    }

    private static func receive(_ descriptor: Int32, _ received: Atomic64) {
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            received.add(UInt64(count))
        }
    }
}

/// A number that one thread adds to and another one reads.
private final class Atomic64: Sendable {
    private let state = Atomic<UInt64>(0)

    var value: UInt64 { self.state.load(ordering: .relaxed) }

    func add(_ count: UInt64) { self.state.wrappingAdd(count, ordering: .relaxed) }
}
