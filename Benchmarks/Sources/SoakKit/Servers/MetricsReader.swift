import AsyncSockets
@_spi(Benchmarks) import DERPKit
import LoadKit

/// Reads `/metrics` over one connection, which stays with the process that accepted it.
// @unchecked: confined to the stream's loop.
final class MetricsReader: @unchecked Sendable {
    private let stream: TCPStream
    private let authority: String
    private var bytes: [UInt8] = []

    private init(_ stream: TCPStream, _ authority: String) {
        self.stream = stream
        self.authority = authority
    }

    /// Connects to a server.
    static func connect(to target: Target, on loop: IOLoop) async throws -> MetricsReader {
        try await withTaskExecutorPreference(loop) {
            let stream = try await TCPStream.connect(to: target.address, on: loop)
            do {
                stream.setDeadline(.seconds(10))
                if let tls = target.tls { try await stream.startTLS(tls, serverName: target.serverName) }
                return MetricsReader(stream, target.authority)
            } catch {
                stream.close()
                throw error
            }
        }
    }

    /// Reads the page once.
    static func read(_ target: Target, on loop: IOLoop) async throws -> MetricsPage {
        let reader = try await Self.connect(to: target, on: loop)
        do {
            let page = try await reader.read()
            await reader.close()
            return page
        } catch {
            await reader.close()
            throw error
        }
    }

    func close() async { await self.stream.loop.run { self.stream.close() } }

    /// Asks for the page, within 10 s.
    func read() async throws -> MetricsPage {
        try await withTaskExecutorPreference(self.stream.loop) { try await self.ask() }
    }

    private func ask() async throws -> MetricsPage {
        self.stream.setDeadline(.seconds(10))
        try await self.stream.write(Array("GET /metrics HTTP/1.1\r\nHost: \(self.authority)\r\n\r\n".utf8))
        var answer = self.takeAnswer()
        while answer == nil {
            guard await self.receive() else { throw SoakError("the metrics' connection has ended") }
            answer = self.takeAnswer()
        }
        switch answer {
        case .success(let page): return page
        case .failure(let error): throw error
        case nil: throw SoakError("no metrics")
        }
    }

    /// Receives more; returns false at the end.
    private func receive() async -> Bool {
        switch self.stream.receive() {
        case .bytes(let more): self.bytes.append(contentsOf: more)
        case .wouldBlock: await self.stream.waitUntilReadable()
        case .closed, .failed: return false
        }
        return true
    }

    /// Returns the answer once it is complete.
    private func takeAnswer() -> Result<MetricsPage, SoakError>? {
        let end = Array("\r\n\r\n".utf8)
        guard let headEnd = self.bytes.firstRange(of: end)?.upperBound else { return nil }
        let head = String(decoding: self.bytes[..<headEnd], as: UTF8.self)
        guard head.hasPrefix("HTTP/1.1 200") else { return .failure(SoakError("no metrics: \(head.prefix(40))")) }
        let lines = head.split(whereSeparator: \.isNewline)
        guard let field = lines.first(where: { $0.lowercased().hasPrefix("content-length:") }),
            let count = Int(field.drop { $0 != ":" }.dropFirst().drop { $0 == " " })
        else { return .failure(SoakError("metrics without a length")) }
        guard self.bytes.count >= headEnd + count else { return nil }
        let text = String(decoding: self.bytes[headEnd..<headEnd + count], as: UTF8.self)
        self.bytes.removeFirst(headEnd + count)
        return .success(MetricsPage(text))
    }
}
