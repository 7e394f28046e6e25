import CLoad
import Glibc
import Synchronization

/// Where an attack takes place, as its attacker's process knows it.
public final class Field: Sendable {
    /// The server's ports on 127.0.0.1.
    public struct Ports: Hashable, Sendable {
        /// DERP, with TLS unless the attack's settings say otherwise.
        public var relay: UInt16
        public var stun: UInt16
        /// Plain HTTP beside it.
        public var http: UInt16
        /// Where the attacker serves, when it plays a server that ours asks.
        public var side: UInt16

        public init(relay: UInt16, stun: UInt16, http: UInt16, side: UInt16) {
            self.relay = relay
            self.stun = stun
            self.http = http
            self.side = side
        }
    }

    let ports: Ports
    /// The server's directory, in which its keys are.
    let directory: String
    /// Whether the server speaks TLS.
    let isTLS: Bool
    let costs = Costs()
    private let end = Atomic<UInt64>(0)

    public init(_ ports: Ports, directory: String, isTLS: Bool) {
        self.ports = ports
        self.directory = directory
        self.isTLS = isTLS
    }

    /// Lets the attack begin, and last so many seconds.
    public func begin(seconds: Double) {
        self.end.store(cload_now() + UInt64(seconds * 1e9), ordering: .releasing)
    }

    /// Whether it has begun: until then, attackers that are servers behave.
    var hasBegun: Bool { self.end.load(ordering: .acquiring) != 0 }

    /// Whether the time is up.
    var isOver: Bool {
        let end = self.end.load(ordering: .acquiring)
        return end != 0 && cload_now() >= end
    }

    /// Waits, but not beyond the end.
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

    /// Does `work` `rate` times a second until the time is up: as late as the clock says, never in bursts.
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
