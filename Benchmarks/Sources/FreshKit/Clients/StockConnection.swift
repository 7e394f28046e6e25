import CDERPOpenSSL
@_spi(Benchmarks) import DERPKit
import Glibc

/// A client's connection to a relay, which behaves as those of stock clients: blocking, one write per packet, one TLS
/// record per write, default buffers. Used by one thread at a time.
// @unchecked: used by one thread at a time.
final class StockConnection: @unchecked Sendable {
    enum Received {
        case bytes(Int)
        /// Nothing came for a while.
        case nothing
        case ended
    }

    let key: NodePublicKey
    let descriptor: Int32
    private let session: OpaquePointer?
    /// The bytes that came together with the end of the login.
    private(set) var early: [UInt8] = []
    private var plainCount: UInt64 = 0

    /// Connects and logs in, in the namespace of the calling thread.
    init(to host: String, _ port: UInt16, isTLS: Bool) throws {
        let privateKey = NodePrivateKey()
        self.key = privateKey.publicKey
        self.descriptor = try TCPSocket.connect(to: host, port)
        self.session = isTLS ? ClientTLS.shared.connect(self.descriptor) : nil
        guard !isTLS || self.session != nil else { throw FreshError("the server doesn't speak TLS") }
        var info = ClientInfo()
        info.canAckPings = true
        try self.logIn(ClientHandshake(privateKey: privateKey, host: host, info: info))
        TCPSocket.setPatience(self.descriptor, milliseconds: 50)
    }

    deinit {
        if let session { SSL_free(session) }
        close(self.descriptor)
    }

    private func logIn(_ handshake: ClientHandshake) throws {
        var handshake = handshake
        guard handshake.request.withUnsafeBytes({ self.send($0) }) else { throw FreshError("the connection broke") }
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            guard case .bytes(let count) = buffer.withUnsafeMutableBytes({ self.receive(into: $0) }) else {
                throw FreshError("the server doesn't answer the login")
            }
            switch try buffer[..<count].withUnsafeBytes({ try handshake.take($0) }) {
            case .receive: continue
            case .send(let answer):
                guard answer.withUnsafeBytes({ self.send($0) }) else { throw FreshError("the connection broke") }
            case .complete(let welcome):
                self.early = welcome.early
                return
            }
        }
    }

    /// Sends all of `bytes`; returns false if the connection broke.
    func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
            let count =
                if let session { Int(SSL_write(session, rest.baseAddress, Int32(rest.count))) } else {
                    Glibc.send(self.descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        guard let session else {
            let count = recv(self.descriptor, buffer.baseAddress, buffer.count, 0)
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .ended }
            self.plainCount += UInt64(count)
            return .bytes(count)
        }
        ERR_clear_error()
        let count = SSL_read(session, buffer.baseAddress, Int32(buffer.count))
        guard count > 0 else { return SSL_get_error(session, count) == SSL_ERROR_WANT_READ ? .nothing : .ended }
        return .bytes(Int(count))
    }

    /// How many bytes were read from the socket so far, with those of TLS.
    var receivedCount: UInt64 {
        guard let session, let bio = SSL_get_rbio(session) else { return self.plainCount }
        return BIO_number_read(bio)
    }
}
