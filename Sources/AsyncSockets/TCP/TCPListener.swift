import CAsyncSockets
import Glibc
import Synchronization

/// A TCP port on which every loop of a group accepts: one socket per loop, among which the kernel spreads clients.
///
/// It listens until ``close()``, or until it is released, and keeps the group.
public final class TCPListener: Sendable {
    /// Where it listens, with the port that the kernel chose when 0 was asked for.
    public let address: SocketAddress

    private let group: EventLoopGroup
    private let acceptors: [Acceptor]

    /// Takes the port, and accepts nobody before ``start()``: until then clients wait.
    ///
    /// - Parameters:
    ///   - address: where; `[::]` takes IPv4 too, and means 0.0.0.0 on a machine without IPv6.
    ///   - options: for every accepted connection.
    ///   - onAcceptFailure: called on the loop when a connection could not be accepted. The listener goes on,
    ///     after a pause when the machine ran out of something.
    ///   - onAccept: called on the accepting loop with each connection, which it must close in the end.
    /// - Throws: ``SocketError``: `addressInUse` when somebody else listens there, and others.
    public init(
        binding address: SocketAddress,
        group: EventLoopGroup,
        options: TCPOptions = TCPOptions(),
        onAcceptFailure: @escaping @Sendable (EventLoop, SocketError) -> Void = { _, _ in },
        onAccept: @escaping @Sendable (TCPStream) -> Void
    ) throws(SocketError) {
        self.group = group
        let descriptors: [Int32]
        (self.address, descriptors) = try Self.listen(on: address, count: group.loops.count, options: options)
        let spare = SpareDescriptor()
        self.acceptors = zip(group.loops, descriptors).map { loop, descriptor in
            Acceptor(
                descriptor: descriptor,
                spare: spare,
                loop: loop,
                onAccept: onAccept,
                onAcceptFailure: onAcceptFailure
            )
        }
    }

    /// Takes the port and starts to accept.
    ///
    /// - Throws: As ``init(binding:group:options:onAcceptFailure:onAccept:)``.
    public convenience init(
        address: SocketAddress,
        group: EventLoopGroup,
        options: TCPOptions = TCPOptions(),
        onAcceptFailure: @escaping @Sendable (EventLoop, SocketError) -> Void = { _, _ in },
        onAccept: @escaping @Sendable (TCPStream) -> Void
    ) async throws(SocketError) {
        try self.init(
            binding: address,
            group: group,
            options: options,
            onAcceptFailure: onAcceptFailure,
            onAccept: onAccept
        )
        try await self.start()
    }

    /// Starts to accept.
    ///
    /// - Throws: ``SocketError`` when the kernel refuses to watch a socket. The listener is then closed.
    public func start() async throws(SocketError) {
        do {
            for acceptor in self.acceptors { try await acceptor.start() }
        } catch {
            await self.close()
            throw error
        }
    }

    deinit {
        Task { [group, acceptors] in
            for acceptor in acceptors { await acceptor.stop() }
            withExtendedLifetime(group) {}
        }
    }

    /// Stops listening. Connections that were accepted go on.
    public func close() async {
        for acceptor in self.acceptors { await acceptor.stop() }
    }

    private static func listen(
        on address: SocketAddress,
        count: Int,
        options: TCPOptions
    ) throws(SocketError) -> (SocketAddress, [Int32]) {
        var descriptors: [Int32] = []
        do {
            let first = try ListeningSocket.bind(address, sharing: false)
            descriptors.append(first.descriptor)
            // Set after the first bind, which so fails when the port is taken; see docs/architecture.md.
            if count > 1 { ListeningSocket.share(first.descriptor) }
            for _ in 1..<max(count, 1) where count > 1 {
                descriptors.append(try ListeningSocket.bind(first.address, sharing: true).descriptor)
            }
            for descriptor in descriptors {
                options.apply(to: descriptor)
                try ListeningSocket.listen(descriptor, on: first.address)
            }
            return (first.address, descriptors)
        } catch {
            descriptors.forEach { Glibc.close($0) }
            throw error
        }
    }
}
