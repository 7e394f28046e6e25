import CLoad
import Glibc
import Synchronization

/// The environment of an attack, for the attacker's process.
public final class Field: Sendable {
    /// The server's ports on 127.0.0.1.
    public struct Ports: Hashable, Sendable {
        /// The port for DERP, with TLS unless the attack's settings say otherwise.
        public var relay: UInt16
        public var stun: UInt16
        /// The port for plain HTTP.
        public var http: UInt16
        /// The attacker's own port, for attacks by servers that the relay asks.
        public var side: UInt16

        public init(relay: UInt16, stun: UInt16, http: UInt16, side: UInt16) {
            self.relay = relay
            self.stun = stun
            self.http = http
            self.side = side
        }
    }

    let ports: Ports
    /// The server's directory, which contains its keys.
    let directory: String
    /// Whether the server uses TLS.
    let isTLS: Bool
    let costs = Costs()
    private let end = Atomic<UInt64>(0)

    public init(_ ports: Ports, directory: String, isTLS: Bool) {
        self.ports = ports
        self.directory = directory
        self.isTLS = isTLS
    }

    /// Begins the attack, which lasts for so many seconds.
    public func begin(seconds: Double) {
        self.end.store(cload_now() + UInt64(seconds * 1e9), ordering: .releasing)
    }

    /// Whether the attack has begun. Until then, attackers that are servers do no harm.
    var hasBegun: Bool { self.end.load(ordering: .acquiring) != 0 }

    /// Whether the time is up.
    var isOver: Bool {
        let end = self.end.load(ordering: .acquiring)
        return end != 0 && cload_now() >= end
    }

    /// Waits, but not longer than the attack lasts.
    func sleep(_ seconds: Double) {
        let wake = cload_now() + UInt64(max(seconds, 0) * 1e9)
        while !self.isOver {
            let now = cload_now()
            guard now < wake else { return }
            usleep(UInt32(min((wake - now) / 1000 + 1, 20_000)))
        }
    }

    /// Waits until the time is up.
    func sleepUntilOver() {
        while !self.isOver { usleep(10_000) }
    }

    /// Runs `work` `rate` times a second until the time is up. If it is late, it doesn't catch up in bursts.
    func repeatedly(_ rate: Double, _ work: () -> Void) {
        var due = cload_now()
        while !self.isOver {
            work()
            due = max(due + UInt64(1e9 / rate), cload_now() - UInt64(1e9 / rate))
            let now = cload_now()
            if due > now { self.sleep(Double(due - now) / 1e9) }
        }
    }
}
