import CDERPOpenSSL
import Testing

@testable import AsyncSockets

/// A client's and a server's session that shake hands through memory.
final class SessionPair {
    let client: OpenSSLSession
    let server: OpenSSLSession
    /// The flight that completes the server's side: the client's Finished.
    private(set) var lastFlight: [UInt8] = []

    private let loops = [LoopBuffers(), LoopBuffers()]

    /// - Parameter configure: changes the contexts, the client's first, before they are used.
    init(
        versions: TLSContext.Versions = .both,
        serverRecords: TLSContext.Records = .own,
        configure: (_ client: OpaquePointer, _ server: OpaquePointer) -> Void = { _, _ in }
    ) throws {
        let clientContext = try TestCertificate.client(.none, versions)
        let serverContext = try TLSContext(
            serverChainPEM: TestCertificate.chainPEM,
            privateKeyPEM: TestCertificate.keyPEM,
            records: serverRecords
        )
        configure(clientContext.handle, serverContext.handle)
        self.client = try OpenSSLSession(context: clientContext, buffers: self.loops[0], serverName: nil)
        self.server = try OpenSSLSession(context: serverContext, buffers: self.loops[1], serverName: nil)
    }

    /// Shakes hands up to the client's last flight under TLS 1.3, which is kept in ``lastFlight``.
    func completeClient() throws {
        let hello = self.client.shake([])
        let answer = self.server.shake(hello.sent)
        let finished = self.client.shake(answer.sent)
        try #require(finished.unread == 0)
        self.lastFlight = finished.sent
    }

    /// Shakes hands, and has both sides hand over.
    func handOver() throws -> (client: any TransportSecurity, server: any TransportSecurity) {
        var toServer = self.client.shake([]).sent
        var isClientDone = false
        while true {
            let server = self.server.shake(toServer)
            if !isClientDone {
                let client = self.client.shake(server.sent)
                isClientDone = client.unread != nil
                toServer = client.sent
            }
            if let unread = server.unread {
                try #require(isClientDone && unread == 0)
                return (self.client.takeOver(), self.server.takeOver())
            }
        }
    }
}

extension OpenSSLSession {
    /// One step of the handshake: what is sent, and, when it is complete, how much of the input was left.
    func shake(_ input: [UInt8]) -> (sent: [UInt8], unread: Int?) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 * 1024, alignment: 1)
        defer { memory.deallocate() }
        var output = SealedOutput(memory)
        let progress = input.withUnsafeBytes { self.handshake($0, output: &output) }
        guard case .complete(let unread) = progress else { return (Array(output.filled), nil) }
        return (Array(output.filled), unread)
    }
}
