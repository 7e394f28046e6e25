import CAsyncSockets
import Glibc

/// A connected TCP socket on an event loop, with or without TLS.
///
/// Its buffers are the loop's: what ``receive()`` returns is valid until anything else is received on the loop.
///
/// Wait on it in tasks that prefer its loop (`Task(executorPreference:)`, `withTaskExecutorPreference(_:)`), one at a time
/// for each direction. Swift resumes any other task by way of the global pool, even in an actor pinned to the loop: that
/// costs two switches of threads for each wait, and on a busy machine any amount of time.
// @unchecked: confined to `loop`; only the constants may be read elsewhere.
public final class TCPStream: @unchecked Sendable {
    /// The loop that serves this stream.
    public let loop: IOLoop
    /// The other end, IPv4-mapped addresses unmapped.
    public let peerAddress: IPEndpoint

    /// This end, IPv4-mapped addresses unmapped; `nil` when the kernel doesn't say. A system call.
    public var localAddress: IPEndpoint? {
        guard self.isOpen, let address = ListeningSocket.localAddress(of: self.descriptor) else { return nil }
        return IPEndpoint(address.ip.unmapped, port: address.port)
    }

    let descriptor: Int32
    private var token: UInt64 = 0
    private(set) var isOpen = true

    // Reading
    /// How many bytes have come from the network, before they were opened.
    @exclusivity(unchecked) public internal(set) var receivedByteCount: UInt64 = 0
    @exclusivity(unchecked) var isReadReady = false
    @exclusivity(unchecked) var sawHangup = false
    /// The peer said, under TLS, that it sends nothing more.
    @exclusivity(unchecked) package internal(set) var isReadClosed = false
    private var reader: UnsafeContinuation<Void, Never>?
    /// Whether the reader waits for something else than bytes.
    private var isReaderPatient = false
    /// Whether somebody interrupted when nobody waited.
    private var isInterrupted = false
    /// Received before the layer that will open it was there.
    @exclusivity(unchecked) var unopened: [UInt8] = []
    /// How much of that has been opened by now.
    @exclusivity(unchecked) var unopenedStart = 0
    @exclusivity(unchecked) var turn = ReadingTurn()

    // Writing
    /// Sealed, but not yet taken by the kernel.
    @exclusivity(unchecked) var unsent: [UInt8] = []
    var unsentStart = 0
    @exclusivity(unchecked) public internal(set) var isWriteBlocked = false
    private var writer: UnsafeContinuation<Void, Never>?
    /// Told when the stream takes bytes again, or fails. To be cleared by who set it: it is kept alive, because a weak
    /// reference would make every later retain of it slow.
    public var writeHandler: (any StreamWriteHandler)?

    /// What stands between this stream and its socket; `nil` for plain TCP.
    @exclusivity(unchecked) package internal(set) var layer: (any StreamLayer)?
    /// Why the stream can't be used any more; `nil` while it can.
    @exclusivity(unchecked) public private(set) var failure: SocketError?
    private var deadline: LoopTimer?

    /// Takes over `descriptor`, which is closed if that fails.
    init(descriptor: Int32, peerAddress: IPEndpoint, loop: IOLoop, isConnecting: Bool = false) throws(SocketError) {
        self.descriptor = descriptor
        self.peerAddress = IPEndpoint(peerAddress.ip.unmapped, port: peerAddress.port)
        self.loop = loop
        self.isWriteBlocked = isConnecting
        do {
            self.token = try loop.register(
                descriptor,
                events: isConnecting ? Self.readingAndWriting : Self.reading,
                handler: self
            )
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    // EPOLLRDHUP: a short read then doesn't hide the peer's FIN behind data that came with it.
    private static let reading = UInt32(CAS_READABLE | CAS_READ_HANGUP)
    private static let readingAndWriting = reading | UInt32(CAS_WRITABLE)

    /// Closes the socket at once. Whoever waits on the stream goes on and finds it closed.
    public func close() {
        if let descriptor = self.giveUpDescriptor() { Glibc.close(descriptor) }
    }

    /// As ``close()``, but for the socket, which the caller must close; `nil` when that was done.
    func giveUpDescriptor() -> Int32? {
        guard self.isOpen else { return nil }
        self.isOpen = false
        self.loop.deregister(self.descriptor, token: self.token)
        self.deadline?.cancel()
        self.layer = nil
        self.dropUnopened()
        self.unsent = []
        if self.failure == nil { self.failure = SocketError(.closed, "the connection is closed") }
        self.resumeWaiters()
        self.writeHandler = nil
        return self.descriptor
    }

    /// Notes why the stream can't go on. It stays open until its owner closes it.
    public func fail(_ error: SocketError) {
        guard self.failure == nil else { return }
        self.failure = error
        self.resumeWaiters()
    }

    /// Has whoever waits to read, or is about to, go on, and find nothing there.
    public func interrupt() {
        guard self.reader != nil else {
            self.isInterrupted = true
            return
        }
        self.resumeReader()
    }

    private func resumeWaiters() {
        self.isReadReady = true
        self.resumeReader()
        self.resumeWriter()
        self.writeHandler?.streamChanged()
    }
}

// MARK: Waiting

extension TCPStream {
    /// Returns when there may be something to read, or the stream failed; in the loop's next tick at the earliest when
    /// ``turnBudget`` has been read in this one.
    public func waitUntilReadable(isolation: isolated (any Actor)? = #isolation) async {
        guard !self.isReadReady, self.unopened.isEmpty, self.failure == nil else {
            if self.failure == nil, self.turn.isOver(on: self) { await self.loop.nextTick() }
            return
        }
        await withUnsafeContinuation { self.becomeReader($0, isPatient: false) }
    }

    /// How much ``receive(atMost:)`` reads, in bytes as they come from the network, before others on the loop have a turn.
    public var turnBudget: Int {
        get { self.turn.budget }
        set { self.turn.budget = max(newValue, 1) }
    }

    /// Returns when somebody interrupts, or the stream failed or broke. What comes meanwhile waits in the kernel, and the
    /// peer's window closes.
    public func waitUntilInterrupted(isolation: isolated (any Actor)? = #isolation) async {
        guard self.failure == nil else { return }
        await withUnsafeContinuation { self.becomeReader($0, isPatient: true) }
    }

    /// Looks and waits in one: a task that isn't an actor's gives others a turn with each asynchronous call, also with the
    /// one that brought it here, and what came in that turn wakes nobody later.
    private func becomeReader(_ reader: UnsafeContinuation<Void, Never>, isPatient: Bool) {
        let isReadable = !isPatient && (self.isReadReady || !self.unopened.isEmpty)
        guard self.failure == nil, !self.isInterrupted, !isReadable else {
            self.isInterrupted = false
            return reader.resume()
        }
        // A second one would keep the first waiting for ever.
        precondition(self.reader == nil, "two tasks wait to read one stream")
        self.isReaderPatient = isPatient
        self.reader = reader
    }

    /// Returns when the kernel takes bytes again, or the stream failed.
    public func waitUntilWritable(isolation: isolated (any Actor)? = #isolation) async {
        guard self.isWriteBlocked, self.failure == nil else { return }
        await withUnsafeContinuation { writer in
            guard self.isWriteBlocked, self.failure == nil else { return writer.resume() }
            precondition(self.writer == nil, "two tasks wait to write to one stream")
            self.writer = writer
        }
    }

    /// Fails the stream with code `timeout` when `time` passes before another deadline is set; `nil` lifts it.
    public func setDeadline(_ time: Duration?) {
        guard let time, self.isOpen else {
            self.deadline?.cancel()
            self.deadline = nil
            return
        }
        let timer =
            self.deadline
            ?? LoopTimer(on: self.loop) { [unowned self] in self.fail(SocketError(.timeout, "the peer took too long")) }
        self.deadline = timer
        timer.schedule(at: self.loop.now + time.nanoseconds)
    }

    private func resumeReader() {
        guard let reader = self.reader else { return }
        self.reader = nil
        reader.resume()
    }

    private func resumeWriter() {
        guard let writer = self.writer else { return }
        self.writer = nil
        writer.resume()
    }
}

// MARK: Events

extension TCPStream: EventHandler {
    public func handle(events: UInt32) {
        let broken = UInt32(CAS_ERROR | CAS_HANGUP)
        if events & (Self.reading | broken) != 0 {
            if events & (UInt32(CAS_READ_HANGUP) | broken) != 0 { self.sawHangup = true }
            self.isReadReady = true
            if !self.isReaderPatient || events & broken != 0 { self.resumeReader() }
        }
        if events & (UInt32(CAS_WRITABLE) | broken) != 0, self.isWriteBlocked {
            self.becameWritable()
        }
    }

    public func abandoned() {
        self.close()
    }

    private func becameWritable() {
        // EPOLLOUT is watched only while something waits: always on, it would wake the loop for every ACK.
        self.watchWriting(false)
        guard self.flushUnsent() else { return }
        self.speak()
        self.resumeWriter()
        self.writeHandler?.streamChanged()
    }

    func watchWriting(_ isBlocked: Bool) {
        guard self.isWriteBlocked != isBlocked, self.isOpen else { return }
        self.isWriteBlocked = isBlocked
        self.loop.modify(
            self.descriptor,
            token: self.token,
            events: isBlocked ? Self.readingAndWriting : Self.reading
        )
    }
}

/// Told when a stream that took no more bytes takes them again, or fails.
public protocol StreamWriteHandler: AnyObject {
    func streamChanged()
}

extension Duration {
    /// Whole nanoseconds, at least 0, and at most about 292 years.
    public var nanoseconds: UInt64 {
        let (seconds, attoseconds) = self.components
        guard seconds >= 0 else { return 0 }
        return UInt64(min(seconds, 9_000_000_000)) * 1_000_000_000 + UInt64(max(attoseconds, 0) / 1_000_000_000)
    }
}
