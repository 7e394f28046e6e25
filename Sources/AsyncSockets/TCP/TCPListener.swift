import CAsyncSockets
import Glibc

/// A TCP port on which every loop of a group accepts: one socket per loop, among which the kernel spreads clients.
///
/// It listens until ``close()``, or until it is released, and keeps the group.
public final class TCPListener: Sendable {
    /// The address at which it listens, with the port that the kernel chose for 0.
    public let address: IPEndpoint

    private let group: IOLoopGroup
    private let acceptors: [Acceptor]

    /// Takes the port. Accepts nobody before ``start()``; until then clients wait.
    ///
    /// - Parameters:
    ///   - address: Where to listen. `[::]` includes IPv4, and means 0.0.0.0 on a machine without IPv6.
    ///   - options: The options for every accepted connection.
    ///   - inherited: Sockets that already listen there, which are used. If there are fewer than loops, others join
    ///     them. If there are more, loops serve several.
    ///   - isNewcomer: Returns whether an address has no connection, so that one is accepted when descriptors are
    ///     short. Called on a loop.
    ///   - onAcceptFailure: Called on the loop when a connection couldn't be accepted. The listener continues, after a
    ///     pause if the machine ran out of something.
    ///   - onAccept: Called on the accepting loop with each connection, which it must close in the end.
    /// - Throws: ``SocketError``: `addressInUse` if another socket listens there, and others.
    package init(
        binding address: IPEndpoint,
        group: IOLoopGroup,
        options: TCPOptions = TCPOptions(),
        inherited: [OwnedDescriptor],
        isNewcomer: @escaping @Sendable (IPEndpoint) -> Bool = { _ in false },
        onAcceptFailure: @escaping @Sendable (IOLoop, SocketError) -> Void = { _, _ in },
        onAccept: @escaping @Sendable (TCPStream) -> Void
    ) throws(SocketError) {
        self.group = group
        let descriptors: [Int32]
        if let adopted = Self.adopt(inherited, count: group.loops.count, options: options) {
            (self.address, descriptors) = adopted
        } else {
            (self.address, descriptors) = try Self.listen(on: address, count: group.loops.count, options: options)
        }
        let spare = SpareDescriptor()
        self.acceptors = descriptors.enumerated().map { index, descriptor in
            Acceptor(
                descriptor: descriptor,
                spare: spare,
                loop: group.loops[index % group.loops.count],
                isNewcomer: isNewcomer,
                onAccept: onAccept,
                onAcceptFailure: onAcceptFailure
            )
        }
    }

    /// Takes the port. Accepts nobody before ``start()``; until then clients wait.
    ///
    /// - Parameters:
    ///   - address: Where to listen. `[::]` includes IPv4, and means 0.0.0.0 on a machine without IPv6.
    ///   - options: The options for every accepted connection.
    ///   - onAcceptFailure: Called on the loop when a connection couldn't be accepted. The listener continues, after a
    ///     pause if the machine ran out of something.
    ///   - onAccept: Called on the accepting loop with each connection, which it must close in the end.
    /// - Throws: ``SocketError``: `addressInUse` if another socket listens there, and others.
    public convenience init(
        binding address: IPEndpoint,
        group: IOLoopGroup,
        options: TCPOptions = TCPOptions(),
        onAcceptFailure: @escaping @Sendable (IOLoop, SocketError) -> Void = { _, _ in },
        onAccept: @escaping @Sendable (TCPStream) -> Void
    ) throws(SocketError) {
        try self.init(
            binding: address,
            group: group,
            options: options,
            inherited: [],
            onAcceptFailure: onAcceptFailure,
            onAccept: onAccept
        )
    }

    /// Takes the port and starts to accept.
    ///
    /// - Throws: As ``init(binding:group:options:onAcceptFailure:onAccept:)``.
    public convenience init(
        address: IPEndpoint,
        group: IOLoopGroup,
        options: TCPOptions = TCPOptions(),
        onAcceptFailure: @escaping @Sendable (IOLoop, SocketError) -> Void = { _, _ in },
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
    /// - Throws: ``SocketError`` if the kernel refuses to watch a socket. The listener is then closed.
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

    /// Stops listening. Accepted connections continue.
    public func close() async {
        for acceptor in self.acceptors { await acceptor.stop() }
    }

    /// Returns its sockets, for another process to listen with, or `nil` if there are no descriptors left. Don't call
    /// this after ``close()``.
    package func duplicates() -> [OwnedDescriptor]? {
        let copies = self.acceptors.compactMap { OwnedDescriptor(duplicating: $0.descriptor) }
        return copies.count == self.acceptors.count ? copies : nil
    }

    /// Listens with `inherited` sockets. Returns `nil` if there are none.
    private static func adopt(
        _ inherited: [OwnedDescriptor],
        count: Int,
        options: TCPOptions
    ) -> (IPEndpoint, [Int32])? {
        var descriptors = inherited.compactMap { $0.take() }
        guard let first = descriptors.first, let address = ListeningSocket.localAddress(of: first) else {
            descriptors.forEach { Glibc.close($0) }
            return nil
        }
        descriptors.forEach { options.apply(to: $0) }
        while descriptors.count < count {
            // If loops have to do without sockets of their own, that is no reason not to serve.
            ListeningSocket.share(first)
            guard let sibling = try? ListeningSocket.bind(address, sharing: true).descriptor else { break }
            options.apply(to: sibling)
            guard (try? ListeningSocket.listen(sibling, on: address)) != nil else {
                Glibc.close(sibling)
                break
            }
            descriptors.append(sibling)
        }
        return (address, descriptors)
    }

    private static func listen(
        on address: IPEndpoint,
        count: Int,
        options: TCPOptions
    ) throws(SocketError) -> (IPEndpoint, [Int32]) {
        var descriptors: [Int32] = []
        do {
            let first = try ListeningSocket.bind(address, sharing: false)
            descriptors.append(first.descriptor)
            // Set after the first bind, so that the bind fails if the port is taken; see docs/architecture.md.
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
