import AsyncSockets
import Foundation

/// A client that sends to another as fast as the server takes it, while that one reads all it gets; a thread each.
// @unchecked: each client is used by its own thread only, and `state` is synchronised.
final class Flood: @unchecked Sendable {
    private struct State {
        var isOver = false
        var running = 2
        var received = 0
        var failures: [String] = []
    }

    private let sender: RawDERPClient
    private let receiver: RawDERPClient
    private let state = Lock(State())

    init(over server: ServerProcess) throws {
        self.sender = try RawDERPClient(server)
        self.receiver = try RawDERPClient(server)
        let frames = Array(repeating: Frame.send(TestKey.random(1400), to: self.receiver.key).encoded, count: 100)
        let chunk = Array(frames.joined())
        self.start { try self.sender.connection.write(chunk) }
        self.start {
            let bytes = try self.receiver.connection.socket.receive(until: Deadline(in: Deadline.answer))
            self.state.withLock { $0.received += bytes.count }
            if bytes.isEmpty { throw KitError.closed("by the server") }
        }
    }

    private func start(_ step: @escaping @Sendable () throws -> Void) {
        Thread.detachNewThread { [self] in
            do {
                while self.state.withLock({ !$0.isOver }) { try step() }
            } catch {
                self.state.withLock { if !$0.isOver { $0.failures.append("\(error)") } }
            }
            self.state.withLock { $0.running -= 1 }
        }
    }

    /// How many bytes have arrived.
    var received: Int { self.state.withLock { $0.received } }

    /// Ends it, and tells what failed.
    func stop() throws -> [String] {
        self.state.withLock { $0.isOver = true }
        // Has the server close the connection on which the reader waits.
        self.receiver.connection.socket.finishWriting()
        try eventually("the flood ends", within: .seconds(30)) { self.state.withLock { $0.running == 0 } }
        return self.state.withLock { $0.failures }
    }
}
