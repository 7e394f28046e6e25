import AsyncSockets
import CLoad
@_spi(Benchmarks) import DERPKit
import FoundationEssentials
import LoadKit

/// Clients in a process that is killed at times. They receive, check and count packets.
// @unchecked: confined to one loop.
public final class Victims: @unchecked Sendable {
    private let target: Target
    private let keys: [NodePrivateKey]
    private let counters: SharedCounters
    private let group: IOLoopGroup

    /// - Parameters:
    ///   - keys: The file with the clients' keys, one on each line.
    ///   - counters: The file where they count.
    public init(url: String, keys: String, counters: String) throws {
        self.target = try Target(url: url)
        self.keys = TextFile.read(keys).split(separator: "\n").compactMap { NodePrivateKey(text: $0) }
        self.counters = try SharedCounters(path: counters)
        self.counters[.connected] = 0
        self.group = try IOLoopGroup(count: 1)
    }

    /// Runs until the process is killed.
    public func run() async {
        let loop = self.group.loops[0]
        for (index, key) in self.keys.enumerated() {
            Task(executorPreference: loop) { await self.live(index, key, on: loop) }
            try? await Task.sleep(for: .milliseconds(4))
        }
        while true { try? await Task.sleep(for: .seconds(60)) }
    }

    private func live(_ index: Int, _ key: NodePrivateKey, on loop: IOLoop) async {
        let source = IPAddress(ipv4: 0x7f00_0200 + UInt32(index % 200) + 1)
        while true {
            do {
                let (stream, early) = try await self.target.logIn(as: key, from: source, on: loop)
                self.counters[.logins] += 1
                self.counters[.connected] += 1
                await self.serve(stream, early)
                self.counters[.connected] -= 1
                stream.close()
            } catch {
                try? await Task.sleep(for: .milliseconds(Int.random(in: 50...500)))
            }
        }
    }

    private func serve(_ stream: TCPStream, _ early: [UInt8]) async {
        var reader = FrameReader()
        var last: [UInt32: UInt64] = [:]
        var goesOn = early.withUnsafeBytes { self.take($0, &reader, &last, stream) }
        while goesOn {
            switch stream.receive() {
            case .bytes(let bytes): goesOn = self.take(bytes, &reader, &last, stream)
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: goesOn = false
            }
        }
    }

    private func take(
        _ bytes: UnsafeRawBufferPointer,
        _ reader: inout FrameReader,
        _ last: inout [UInt32: UInt64],
        _ stream: TCPStream
    ) -> Bool {
        reader.read(bytes) { _ in
            .take
        } body: { type, payload in
            if type == .ping {
                let pong = Frame.encode(.pong, payload.prefix(8))
                _ = pong.withUnsafeBytes { stream.send($0) }
            }
            guard type == .recvPacket else { return true }
            self.counters[.packets] += 1
            guard payload.count > NodePublicKey.byteCount,
                let (_, stamp) = TestPacket.read(UnsafeRawBufferPointer(rebasing: payload[NodePublicKey.byteCount...]))
            else {
                self.counters[.corrupt] += 1
                return true
            }
            if let previous = last[stamp.flow], stamp.sequence <= previous { self.counters[.disordered] += 1 }
            last[stamp.flow] = stamp.sequence
            return true
        }
    }
}
