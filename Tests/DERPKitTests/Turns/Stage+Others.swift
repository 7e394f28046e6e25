import Glibc
import TestSupport

@testable import AsyncSockets
@testable import DERPKit

extension Stage {
    /// Has who connects to a Unix socket at `path` flooded, once it has asked something, while `body` runs.
    func floodUnixSocket(
        at path: String,
        _ text: String,
        _ pattern: String,
        _ body: (String) async throws -> Void
    ) async throws {
        let descriptor = socket(
            AF_UNIX,
            Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
            0
        )
        defer { close(descriptor) }
        guard let address = UnixSocketAddress(path), address.withSockaddr({ bind(descriptor, $0, $1) }) == 0,
            listen(descriptor, 1) == 0
        else { throw DatagramPort.Failure() }
        self.watch(self.loop)
        let flood = self.flood
        let isOver = Task(executorPreference: flood.loop) {
            var accepted: Int32 = -1
            try await TestSupport.waitUntil("somebody connects") {
                accepted = accept(descriptor, nil, nil)
                return accepted >= 0
            }
            _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
            guard let stream = TCPStream.adopt(OwnedDescriptor(accepted), on: flood.loop) else { return }
            await flood.run(Opening.answer(text, then: pattern), on: stream)
        }
        let result = await Result.awaiting { try await body(path) }
        try await isOver.value
        try result.get()
    }

    func waitUntilFlooded() async throws {
        try await TestSupport.waitUntil("the flood begins") { self.flood.isOn || self.flood.isOver }
    }

    func waitUntilOver() async throws {
        try await TestSupport.waitUntil("the flood ends") { self.flood.isOver }
    }
}
