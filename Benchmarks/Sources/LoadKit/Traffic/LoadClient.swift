import AsyncSockets
@_spi(Benchmarks) import DERPKit

/// A logged-in connection. Confined to its loop.
final class LoadClient {
    let index: Int
    let stream: TCPStream
    let key: NodePublicKey
    var reader = FrameReader()
    /// The bytes that came together with the end of the login.
    var early: [UInt8]

    /// The bytes that this client accepted, but the stream has not taken yet.
    private var unsent: [UInt8] = []
    private var unsentStart = 0
    private let onWritable: (LoadClient) -> Void

    init(
        index: Int,
        stream: TCPStream,
        key: NodePublicKey,
        early: [UInt8],
        onWritable: @escaping (LoadClient) -> Void
    ) {
        self.index = index
        self.stream = stream
        self.key = key
        self.early = early
        self.onWritable = onWritable
        stream.writeHandler = self
    }

    /// Whether the stream takes no more bytes now.
    var isBlocked: Bool { self.stream.isWriteBlocked || !self.unsent.isEmpty }

    /// Sends all of `bytes`, now or as soon as the stream takes them. Must not be called while the client is blocked.
    func send(_ bytes: UnsafeRawBufferPointer) {
        var sent = 0
        while sent < bytes.count, !self.stream.isWriteBlocked, self.stream.failure == nil {
            sent += self.stream.send(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        }
        guard sent < bytes.count, self.stream.failure == nil else { return }
        self.unsent.append(contentsOf: bytes[sent...])
    }
}

extension LoadClient: StreamWriteHandler {
    func streamChanged() {
        while self.unsentStart < self.unsent.count, !self.stream.isWriteBlocked, self.stream.failure == nil {
            self.unsentStart += self.unsent.withUnsafeBytes {
                self.stream.send(UnsafeRawBufferPointer(rebasing: $0[self.unsentStart...]))
            }
        }
        if self.unsentStart == self.unsent.count {
            self.unsent.removeAll(keepingCapacity: true)
            self.unsentStart = 0
        }
        guard !self.isBlocked else { return }
        self.onWritable(self)
    }
}
