import CLoad
import Glibc
import Synchronization

/// A TCP connection whose sender writes a packet only when the kernel has sent all others: how fresh packets can be over
/// this line at all. What is left is the line's own queue, and waiting for segments that were lost.
enum PromptTransfer {
    private static let port: UInt16 = 3342
    /// TCP_NOTSENT_LOWAT (Linux 3.12), which Glibc doesn't have.
    private static let notSentLowWater: Int32 = 25

    /// Returns the ages of packets that came within the measurement.
    static func measure(_ settings: LineSettings, _ run: RunSettings) throws -> Ages {
        let line = try SlowLine(settings)
        let listener = try line.relaySide.run { try TCPSocket.listen(on: SlowLine.relayAddress, Self.port) }
        defer { close(listener) }
        let receiver = try line.receiverSide.run { try TCPSocket.connect(to: SlowLine.relayAddress, Self.port) }
        let sender = accept(listener, nil, nil)
        guard sender >= 0 else { throw FreshError("no connection over the line") }
        let size = run.size
        let begin = cload_now() + UInt64(run.warmUp * 1e9)
        let window = begin..<begin + UInt64(run.seconds * 1e9)
        let ages = Mutex<[Double]>([])
        let sending = try Worker(isPreferred: true) { Self.send(sender, size) }
        let receiving = try Worker(isPreferred: true) {
            let found = Self.receive(receiver, size, window)
            ages.withLock { $0 = found }
        }
        cload_sleep_until(window.upperBound)
        shutdown(receiver, Int32(SHUT_RDWR))
        shutdown(sender, Int32(SHUT_RDWR))
        sending.join()
        receiving.join()
        close(receiver)
        close(sender)
        _ = try line.close()
        return Ages(ages.withLock { $0 })
    }

    private static func send(_ descriptor: Int32, _ size: Int) {
        var limit: Int32 = 1
        let limitSize = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), Self.notSentLowWater, &limit, limitSize)
        var packet = [UInt8](repeating: 0, count: size)
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while poll(&entry, 1, 1000) >= 0 {
            guard entry.revents & Int16(POLLERR | POLLHUP) == 0 else { return }
            guard entry.revents != 0 else { continue }
            packet.withUnsafeMutableBytes { $0.storeBytes(of: cload_now(), as: UInt64.self) }
            guard Glibc.send(descriptor, packet, size, Int32(MSG_NOSIGNAL)) == size else { return }
        }
    }

    /// Returns the ages of the packets, in milliseconds.
    private static func receive(_ descriptor: Int32, _ size: Int, _ window: Range<UInt64>) -> [Double] {
        var ages: [Double] = []
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        var count = 0
        while true {
            let more = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + count, $0.count - count, 0) }
            guard more > 0 else { return ages }
            let now = cload_now()
            count += more
            var start = 0
            while count - start >= size {
                let sent = buffer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) }
                if window.contains(now) { ages.append(Double(now &- sent) / 1e6) }
                start += size
            }
            buffer.replaceSubrange(0..<count - start, with: Array(buffer[start..<count]))
            count -= start
        }
    }
}
