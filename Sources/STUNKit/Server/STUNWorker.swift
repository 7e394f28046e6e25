import AsyncSockets

/// One loop's part of a server: a socket per address, and the memory that they share.
actor STUNWorker {
    nonisolated let loop: IOLoop
    private let tally: STUNTally
    private var sockets: [UDPSocket]
    private var responders: [STUNResponder] = []

    init(loop: IOLoop, sockets: [UDPSocket], tally: STUNTally) {
        self.loop = loop
        self.sockets = sockets
        self.tally = tally
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// Begins to answer. After ``stop()`` it does nothing.
    func start() throws(SocketError) {
        let batch = DatagramBatch()
        for socket in self.sockets {
            let responder = STUNResponder(socket: socket, batch: batch, tally: self.tally, loop: self.loop)
            try socket.attach(to: self.loop, handler: responder)
            self.responders.append(responder)
        }
    }

    /// Closes the sockets. Requests that they have received and not yet answered are lost.
    func stop() {
        for responder in self.responders {
            responder.stop()
        }
        self.responders = []
        self.sockets = []
    }
}
