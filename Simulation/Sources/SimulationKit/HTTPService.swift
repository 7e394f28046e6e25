import CSimulatedSystem
import Stories

/// A scripted HTTP server, which answers one request on each connection.
@MainActor
final class HTTPService {
    let address: UInt32
    var mood = ServiceMood.well
    private let timers: Timers
    /// Returns the answer's body to a request's body.
    private let answer: ([UInt8]) -> [UInt8]

    init(at address: UInt32, timers: Timers, answer: @escaping ([UInt8]) -> [UInt8]) {
        self.address = address
        self.timers = timers
        self.answer = answer
        csim_serve(address, Address.port, csim_path(latency: 8_000_000, window: 65_536, rate: 0))
    }

    /// - Parameter question: The request's body.
    func asked(_ question: [UInt8], over end: ScriptedEnd) {
        let body = self.answer(question)
        let whole = Self.response("200 OK", body)
        switch self.mood {
        case .well: end.send(whole)
        case .slow(let milliseconds): self.timers.after(UInt64(milliseconds) * 1_000_000) { end.send(whole) }
        case .silent: break
        case .garbage: end.send((0..<300).map { _ in UInt8(truncatingIfNeeded: csim_random()) })
        case .failing: end.send(Self.response("500 Internal Server Error", []))
        case .cut:
            end.send(Array(whole.prefix(Int(csim_random() % UInt64(whole.count)))))
            end.close()
        case .endless: self.goOn(end, Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + body)
        }
    }

    private static func response(_ status: String, _ body: [UInt8]) -> [UInt8] {
        Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n".utf8) + body
    }

    private func goOn(_ end: ScriptedEnd, _ bytes: [UInt8]) {
        guard end.isOpen else { return }
        if end.unsentCount < 65_536 { end.send(bytes) }
        self.timers.after(20_000_000) { self.goOn(end, [UInt8](repeating: 32, count: 8192)) }
    }
}

/// A connection to it.
final class HTTPServiceEnd: ScriptedEnd {
    private let service: HTTPService

    init(_ number: UInt64, _ service: HTTPService) {
        self.service = service
        super.init(number)
    }

    override func readable() {
        self.receive()
        guard let head = self.received.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        let lines = String(decoding: self.received[..<head.lowerBound], as: UTF8.self).lowercased().split(
            separator: "\r\n"
        )
        let count =
            lines.first { $0.hasPrefix("content-length:") }.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        let body = self.received[head.upperBound...]
        guard body.count >= count else { return }
        self.service.asked(Array(body.prefix(count)), over: self)
        self.received = []
    }
}
