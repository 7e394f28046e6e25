import CSimulatedSystem

/// The scripted end of a connection: what has come, and what waits to be sent.
@MainActor
class ScriptedEnd {
    let number: UInt64
    /// What has come and wasn't taken yet.
    var received: [UInt8] = []
    private(set) var isOpen = true
    private var unsent: [UInt8] = []
    private var unsentStart = 0

    init(_ number: UInt64) { self.number = number }

    var unsentCount: Int { self.unsent.count - self.unsentStart }
    /// Whether the relay hasn't ended it either.
    var isServed: Bool { self.isOpen && csim_is_served(self.number) != 0 }

    /// Queues bytes, and sends what the network takes.
    func send(_ bytes: [UInt8]) {
        self.unsent += bytes
        self.flush()
    }

    func flush() {
        guard self.isOpen else { return }
        let count = self.unsent.withUnsafeBytes {
            csim_send(self.number, $0.baseAddress.map { $0 + self.unsentStart }, $0.count - self.unsentStart)
        }
        self.unsentStart += count
        guard self.unsentStart == self.unsent.count else { return }
        self.unsent = []
        self.unsentStart = 0
    }

    /// Takes in what has come.
    func receive() {
        let count = csim_available(self.number)
        guard count > 0 else { return }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = csim_receive(self.number, buffer.baseAddress, count)
        }
        self.received += bytes
    }

    func close(breaking: Bool = false) {
        guard self.isOpen else { return }
        self.noteEnd()
        csim_close(self.number, breaking ? 1 : 0)
    }

    func noteEnd() {
        guard self.isOpen else { return }
        self.isOpen = false
        self.received = []
        self.unsent = []
        self.unsentStart = 0
    }

    // MARK: What happens to it

    func connected() {}
    /// Bytes have come.
    func readable() {}
    /// It has ended, or was never open.
    func lost() { self.noteEnd() }
}
