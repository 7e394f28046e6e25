import CAsyncSockets
import Glibc

/// A connected TCP socket on an event loop, with or without TLS.
///
/// Its buffers belong to the loop: what ``receive()`` returns is valid until anything else is received on the loop.
///
/// Wait on it in tasks that prefer its loop (`Task(executorPreference:)`, `withTaskExecutorPreference(_:)`), one at a
/// time for each direction. Swift resumes any other task by way of the global pool, even in an actor pinned to the
/// loop. That costs two thread switches for each wait, and any amount of time on a busy machine.
///
/// A method that is called outside the loop ends the process: the buffers may hold other connections' bytes.
// @unchecked: confined to `loop`; only the constants may be read elsewhere.
public final class TCPStream: @unchecked Sendable {
    /// The loop that serves this stream.
    public let loop: IOLoop
    /// The address of the other end. IPv4-mapped addresses are unmapped.
    public let peerAddress: IPEndpoint

    /// The address of this end, or `nil` if the kernel doesn't say. IPv4-mapped addresses are unmapped. Makes a system
    /// call.
    public var localAddress: IPEndpoint? {
        guard self.isOpen, let address = ListeningSocket.localAddress(of: self.descriptor) else { return nil }
        return IPEndpoint(address.ip.unmapped, port: address.port)
    }

    let descriptor: Int32
    @exclusivity(unchecked) private var token: UInt64 = 0
    @exclusivity(unchecked) private(set) var isOpen = true

    // Reading
    /// The number of bytes that have come from the network, before they were opened.
    public var receivedByteCount: UInt64 { self.received }
    // Other modules would check each access to a stored property, whatever its attribute says.
    @exclusivity(unchecked) var received: UInt64 = 0
    @exclusivity(unchecked) var isReadReady = false
    @exclusivity(unchecked) var sawHangup = false
    /// Whether the peer said, under TLS, that it sends nothing more.
    @exclusivity(unchecked) package internal(set) var isReadClosed = false
    @exclusivity(unchecked) private var reader: UnsafeContinuation<Void, Never>?
    /// Whether the reader waits for something other than bytes.
    @exclusivity(unchecked) private var isReaderPatient = false
    /// Whether somebody interrupted while nobody waited.
    @exclusivity(unchecked) private var isInterrupted = false
    /// Bytes that were received before the layer that will open them was there.
    @exclusivity(unchecked) var unopened: [UInt8] = []
    /// How much of these bytes has been opened.
    @exclusivity(unchecked) var unopenedStart = 0
    @exclusivity(unchecked) var turn = ReadingTurn()

    // Writing
    /// The number of bytes that the kernel has taken.
    @exclusivity(unchecked) var sent: UInt64 = 0
    /// Bytes that are sealed, but not yet taken by the kernel.
    @exclusivity(unchecked) var unsent: [UInt8] = []
    @exclusivity(unchecked) var unsentStart = 0
    public var isWriteBlocked: Bool { self.isBlocked }
    @exclusivity(unchecked) private var isBlocked = false
    @exclusivity(unchecked) private var writer: UnsafeContinuation<Void, Never>?
    /// Told when the stream takes bytes again, or fails. The caller that set it must clear it: the reference is strong,
    /// because a weak reference would make every later retain of the handler slow.
    @exclusivity(unchecked) public var writeHandler: (any StreamWriteHandler)?

    /// The layer between this stream and its socket; `nil` for plain TCP.
    @exclusivity(unchecked) package internal(set) var layer: (any StreamLayer)?
    /// Why the stream can't be used any more; `nil` while it can.
    @exclusivity(unchecked) public private(set) var failure: SocketError?
    @exclusivity(unchecked) private var deadline: LoopTimer?

    /// Takes over `descriptor`, which is closed if that fails.
    init(descriptor: Int32, peerAddress: IPEndpoint, loop: IOLoop, isConnecting: Bool = false) throws(SocketError) {
        self.descriptor = descriptor
        self.peerAddress = IPEndpoint(peerAddress.ip.unmapped, port: peerAddress.port)
        self.loop = loop
        self.isBlocked = isConnecting
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

    /// Closes the socket at once. Whoever waits on the stream continues and finds it closed.
    public func close() {
        if let descriptor = self.giveUpDescriptor() { Glibc.close(descriptor) }
    }

    /// Like ``close()``, but leaves the socket to the caller, which must close it. Returns `nil` if it is already
    /// closed.
    func giveUpDescriptor() -> Int32? {
        self.loop.requireCurrent("A TCPStream")
        guard self.isOpen else { return nil }
        self.isOpen = false
        self.loop.deregister(self.descriptor, token: self.token)
        self.deadline?.cancel()
        self.layer?.retire()
        self.layer = nil
        self.dropUnopened()
        self.unsent = []
        if self.failure == nil { self.failure = SocketError(.closed, "the connection is closed") }
        self.resumeWaiters()
        self.writeHandler = nil
        return self.descriptor
    }

    /// Records why the stream can't continue. It stays open until its owner closes it.
    public func fail(_ error: SocketError) {
        self.loop.requireCurrent("A TCPStream")
        guard self.failure == nil else { return }
        self.failure = error
        self.resumeWaiters()
    }

    /// Makes whoever waits to read, or is about to, continue and find nothing to read.
    public func interrupt() {
        self.loop.requireCurrent("A TCPStream")
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
    /// Returns when there may be something to read, or the stream failed. If ``turnBudget`` has been read in this tick
    /// of the loop, returns in the next one at the earliest.
    public func waitUntilReadable(isolation: isolated (any Actor)? = #isolation) async {
        // Only in debug builds, because every message pays for it. What is read is checked in every build.
        self.loop.assertCurrent("A TCPStream")
        guard !self.isReadReady, self.unopened.isEmpty, self.failure == nil else {
            if self.failure == nil, self.turn.isOver(on: self) { await self.loop.nextTick() }
            return
        }
        await withUnsafeContinuation { self.becomeReader($0, isPatient: false) }
    }

    /// The amount that ``receive(atMost:)`` reads before others on the loop have a turn, in bytes as they come from the
    /// network.
    public var turnBudget: Int {
        get { self.turn.budget }
        set {
            self.loop.requireCurrent("A TCPStream")
            self.turn.budget = max(newValue, 1)
        }
    }

    /// Returns when somebody interrupts, or the stream failed or broke. What arrives in the meantime waits in the
    /// kernel, and the peer's window closes.
    public func waitUntilInterrupted(isolation: isolated (any Actor)? = #isolation) async {
        self.loop.requireCurrent("A TCPStream")
        guard self.failure == nil else { return }
        await withUnsafeContinuation { self.becomeReader($0, isPatient: true) }
    }

    /// Checks and waits in one step. A task that isn't an actor's gives others a turn with each asynchronous call,
    /// including the one that led here, and what arrived in that turn would wake nobody later.
    private func becomeReader(_ reader: UnsafeContinuation<Void, Never>, isPatient: Bool) {
        let isReadable = !isPatient && (self.isReadReady || !self.unopened.isEmpty)
        guard self.failure == nil, !self.isInterrupted, !isReadable else {
            self.isInterrupted = false
            return reader.resume()
        }
        // A second one would keep the first one waiting forever.
        precondition(self.reader == nil, "two tasks wait to read one stream")
        self.isReaderPatient = isPatient
        self.reader = reader
    }

    /// Returns when the kernel takes bytes again, or the stream failed.
    public func waitUntilWritable(isolation: isolated (any Actor)? = #isolation) async {
        self.loop.requireCurrent("A TCPStream")
        guard self.isWriteBlocked, self.failure == nil else { return }
        await withUnsafeContinuation { writer in
            guard self.isWriteBlocked, self.failure == nil else { return writer.resume() }
            precondition(self.writer == nil, "two tasks wait to write to one stream")
            self.writer = writer
        }
    }

    /// Fails the stream with code `timeout` if `time` passes before another deadline is set. `nil` removes the
    /// deadline.
    public func setDeadline(_ time: Duration?) {
        self.loop.requireCurrent("A TCPStream")
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
        // EPOLLOUT is watched only while something waits. If it were always on, it would wake the loop for every ACK.
        self.watchWriting(false)
        guard self.flushUnsent() else { return }
        self.speak()
        self.resumeWriter()
        self.writeHandler?.streamChanged()
    }

    func watchWriting(_ isBlocked: Bool) {
        guard self.isWriteBlocked != isBlocked, self.isOpen else { return }
        self.isBlocked = isBlocked
        self.loop.modify(
            self.descriptor,
            token: self.token,
            events: isBlocked ? Self.readingAndWriting : Self.reading
        )
    }
}

/// Is told when a stream that took no more bytes takes them again, or fails.
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
