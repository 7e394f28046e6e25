import AsyncSockets

/// Sends numbered packets from one client to another, which sends them back, and records the results.
final class RelayingRun: Sendable {
    /// The size of the packets, in bytes. The same as a tunnel's.
    private static let size = 1280
    /// The time between two packets.
    private static let interval: Duration = .milliseconds(10)
    /// How long to wait for the last packets, at most.
    private static let patience: Duration = .seconds(2)

    private let sender: DERPClient
    private let echo: DERPClient
    private let count: Int
    private let state = Lock(State())

    private struct State {
        var evidence = RelayingEvidence()
        var sentAt: [ContinuousClock.Instant] = []
        var answered: Set<Int> = []
    }

    init(sender: DERPClient, echo: DERPClient, count: Int) {
        self.sender = sender
        self.echo = echo
        self.count = count
    }

    /// Sends the packets and waits until all are back, for `time` or 2 s after the last one was sent at most, whichever
    /// is less.
    func perform(within time: Duration) async -> RelayingEvidence {
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.answer() }
            tasks.addTask { await self.collect() }
            await self.send()
            let end = ContinuousClock.now + min(time, Self.patience)
            while !self.isComplete, .now < end {
                do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
            }
            tasks.cancelAll()
        }
        return self.state.withLock { $0.evidence }
    }

    private var isComplete: Bool {
        self.state.withLock { $0.answered.count == self.count && $0.evidence.largestCameBack }
    }

    /// Returns the packet with this number. The last one has the largest size.
    private func packet(_ number: Int) -> [UInt8] {
        let size = number == self.count ? PacketLimits.packet : Self.size
        var packet = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) }
        packet += (packet.count..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
        return packet
    }

    private func send() async {
        for number in 0...self.count {
            self.state.withLock {
                $0.sentAt.append(.now)
                if number < self.count { $0.evidence.sent += 1 }
            }
            do {
                try await self.sender.send(self.packet(number), to: self.echo.publicKey)
                try await Task.sleep(for: Self.interval)
            } catch {
                return
            }
        }
    }

    private func answer() async {
        while let message = try? await self.echo.receive() {
            guard case .packet(self.sender.publicKey, let packet) = message else { continue }
            guard (try? await self.echo.send(packet, to: self.sender.publicKey)) != nil else { return }
        }
    }

    private func collect() async {
        while let message = try? await self.sender.receive() {
            switch message {
            case .packet(self.echo.publicKey, let packet): self.take(packet)
            case .health(let text) where !text.isEmpty: self.state.withLock { $0.evidence.health = text }
            default: continue
            }
        }
    }

    private func take(_ packet: [UInt8]) {
        let now = ContinuousClock.now
        guard let number = UInt64(bigEndianBytes: packet).flatMap({ Int(exactly: $0) }), number <= self.count,
            packet == self.packet(number)
        else {
            self.state.withLock { $0.evidence.corrupted += 1 }
            return
        }
        self.state.withLock { state in
            guard number < self.count else {
                state.evidence.largestCameBack = true
                return
            }
            guard number < state.sentAt.count, state.answered.insert(number).inserted else { return }
            state.evidence.roundTrips.append(now - state.sentAt[number])
        }
    }
}

extension UInt64 {
    /// Reads the first 8 bytes; `nil` if there are fewer.
    fileprivate init?(bigEndianBytes bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        self = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
