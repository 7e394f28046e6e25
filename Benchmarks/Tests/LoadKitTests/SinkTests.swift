import AsyncSockets
import Testing

@testable import LoadKit

@Suite("The far side of a proxy", .timeLimit(.minutes(1)))
struct SinkTests {
    private func load() -> RelayLoad {
        var load = RelayLoad()
        load.count = 2
        load.warmup = .zero
        load.duration = .milliseconds(200)
        return load
    }

    private func run(changing victim: Int?) async throws -> Report {
        let group = try IOLoopGroup(count: 1)
        let sink = try await Sink(isTLS: false, group)
        let proxy = Forwarder(to: IPEndpoint(.loopbackIPv4, port: sink.port), changing: victim)
        let listener = try await TCPListener(address: IPEndpoint(.loopbackIPv4, port: 0), group: group) { stream in
            Task(executorPreference: stream.loop) { await proxy.serve(stream) }
        }
        let target = try Target(url: "http://\(listener.address)", login: .through(sink))
        let report = try await self.load().run(target, group: group, meter: nil)
        await listener.close()
        await sink.close()
        return report
    }

    @Test("What goes into a proxy comes out at the far side, and is checked there")
    func passes() async throws {
        let report = try await self.run(changing: nil)
        #expect(report.isSuccess)
        #expect(try #require(report["delivered"]) > 1000)
    }

    @Test("A byte that the proxy changes is reported")
    func changed() async throws {
        #expect(try await self.run(changing: 100_000).faults.corrupt == 1)
    }

    @Test("HAProxy relays TLS to TLS")
    func haproxy() async throws {
        let path: String = #filePath
        let package = path.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let command =
            "PORT={port} SINK_PORT={sink-port} CERTIFICATE={dir}/server.pem exec /usr/sbin/haproxy -db "
            + "-f '\(package)/haproxy.cfg'"
        let load = self.load()
        let scenario = Scenario(isForPairs: true) { try await load.run($0, group: $2, meter: $3) }
        var trial = Trial("pairs", scenario, [try ServerRecipe("haproxy=\(command)", .proxy)])
        trial.rounds = 1
        let report = try await Comparison([trial]).run { _ in }
        #expect(report.isSuccess)
        let column = try #require(report.sections.first)
        #expect(try #require(column.spread("delivered per server CPU s", column: 0)).median > 0)
    }

    @Test("A proxy's command must say where the far side is")
    func recipe() {
        #expect(throws: LoadError.self) { try ServerRecipe("haproxy=serve {port}", .proxy) }
    }
}

/// Passes bytes on, both ways, and changes one of them if it is told to.
// @unchecked: confined to the one loop.
private final class Forwarder: @unchecked Sendable {
    private let address: IPEndpoint
    private var remaining: Int?

    /// - Parameter victim: the number of the byte that it changes, of all that it passes on.
    init(to address: IPEndpoint, changing victim: Int?) {
        self.address = address
        self.remaining = victim
    }

    func serve(_ near: TCPStream) async {
        guard let far = try? await TCPStream.connect(to: self.address, on: near.loop) else { return near.close() }
        Task(executorPreference: near.loop) { await self.pass(from: far, to: near) }
        await self.pass(from: near, to: far)
    }

    private func pass(from source: TCPStream, to destination: TCPStream) async {
        while destination.failure == nil, let bytes = await Self.next(source) {
            var copy = bytes
            if let left = self.remaining {
                if left < copy.count { copy[left] ^= 1 }
                self.remaining = left < copy.count ? nil : left - copy.count
            }
            do { try await destination.write(copy) } catch { break }
        }
        source.close()
        destination.close()
    }

    private static func next(_ stream: TCPStream) async -> [UInt8]? {
        while true {
            switch stream.receive() {
            case .bytes(let bytes): return Array(bytes)
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: return nil
            }
        }
    }
}
