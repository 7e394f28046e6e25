import Dispatch
import Glibc
import IPAddresses

@_spi(Benchmarks) @testable import DERPKit

/// A relay in this process, on a free port of the loopback address, with keys that never change.
final class FuzzedRelay: Sendable {
    static let key = NodePrivateKey(bytes: [UInt8](repeating: 1, count: 32))!
    static let client = NodePrivateKey(bytes: [UInt8](repeating: 2, count: 32))!
    static let peer = NodePrivateKey(bytes: [UInt8](repeating: 3, count: 32))!
    static let meshKey = MeshKey(bytes: [UInt8](repeating: 4, count: 32))!

    private let relay: RelayServer
    private let port: UInt16

    init() {
        var configuration = RelayServer.Configuration(
            privateKey: Self.key,
            addresses: [IPEndpoint(.loopbackIPv4, port: 0)],
            security: .none
        )
        configuration.loopCount = 1
        configuration.mesh = MeshConfiguration(key: Self.meshKey)
        let started = DispatchSemaphore(value: 0)
        do {
            let relay = try RelayServer(configuration: configuration)
            self.relay = relay
            let port = PortBox()
            Task.detached {
                try await relay.start()
                port.value = await relay.boundAddresses.first?.port ?? 0
                started.signal()
            }
            started.wait()
            self.port = port.value
        } catch {
            fatalError("the relay doesn't start: \(error)")
        }
    }

    /// Set before the semaphore is signalled, and read afterwards.
    private final class PortBox: @unchecked Sendable {
        var value: UInt16 = 0
    }

    /// The bytes with which a client with `key` begins, if it knows the relay.
    static func login(as key: NodePrivateKey, info: ClientInfo) -> [UInt8] {
        let request = "GET /derp HTTP/1.1\r\nHost: relay\r\nUpgrade: DERP\r\nDerp-Fast-Start: 1\r\n\r\n"
        let box = SecretBox(privateKey: key, peer: Self.key.publicKey)!
        return Array(request.utf8) + Frame.encode(.clientInfo, key.publicKey.bytes + box.seal(info.json()))
    }

    /// Connects, sends `bytes`, and returns everything that the relay sends until it closes.
    func talk(_ bytes: [UInt8]) -> [UInt8] {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        precondition(descriptor >= 0)
        defer { close(descriptor) }
        var time = timeval(tv_sec: 8, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        // Ports are in use for a minute after a connection, so each address has too few of them.
        let source = IPEndpoint(IPAddress(ipv4: 0x7f00_0002 + UInt32.random(in: 0..<50_000)), port: 0)
        precondition(source.withSockaddr { bind(descriptor, $0, $1) } == 0)
        precondition(IPEndpoint(.loopbackIPv4, port: self.port).withSockaddr { connect(descriptor, $0, $1) } == 0)

        var rest = bytes[...]
        var answer: [UInt8] = []
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            // It may close before it has read everything.
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        shutdown(descriptor, CInt(SHUT_WR))
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN { fatalError("the relay doesn't close") }
            // A reset tells as much as an end.
            guard count > 0 else { return answer }
            answer += buffer[..<count]
        }
    }
}
