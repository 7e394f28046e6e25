import CLoad
import Glibc
import LoadKit

/// A slow line between a namespace with the relay and a namespace with the receiver:
///
///     relay ── TUN ─ delay ─ TUN ── router ── tbf, veth ── receiver
///
/// The delay is a program's (``DelayLine``). The rate is a token bucket's (tc-tbf(8)) at the router, or at the relay's
/// own interface (``LineSettings/Place``).
final class SlowLine {
    static let relayAddress = "198.18.0.1"
    static let receiverAddress = "198.18.1.2"
    private static let deviceName = "line0"

    let settings: LineSettings
    let relaySide: Namespace
    let receiverSide: Namespace
    private let router: Namespace?
    private let delay: DelayLine?
    private var isClosed = false

    init(_ settings: LineSettings) throws {
        self.settings = settings
        self.relaySide = try Namespace()
        guard settings.rate != nil else {
            try self.relaySide.shell("ip addr add \(Self.relayAddress)/32 dev lo")
            (self.receiverSide, self.router, self.delay) = (self.relaySide, nil, nil)
            return
        }
        let (receiver, router) = (try Namespace(), try Namespace())
        let near = try Self.device(in: self.relaySide)
        let far = try Self.device(in: router)
        (self.receiverSide, self.router) = (receiver, router)
        self.delay = try DelayLine(near, far, delay: settings.delay)
        try self.relaySide.shell(Self.relayScript(settings))
        try router.shell(Self.routerScript(settings, receiver: receiver))
        try receiver.shell(Self.receiverScript(settings))
    }

    private static func device(in namespace: Namespace) throws -> Int32 {
        try namespace.run {
            let descriptor = cload_tun_open(Self.deviceName)
            guard descriptor >= 0 else {
                throw FreshError(
                    "can't make a TUN interface: \(String(cString: strerror(errno))); is there /dev/net/tun?"
                )
            }
            return descriptor
        }
    }

    // The queues of the TUN interfaces only have to be long enough: the delay line empties them at once.
    private static func relayScript(_ settings: LineSettings) -> String {
        """
        ip addr add \(Self.relayAddress)/30 dev \(Self.deviceName)
        ip link set \(Self.deviceName) mtu 1500 txqueuelen 10000 up
        ip route add 198.18.1.0/30 via 198.18.0.2 congctl \(settings.congestionControl)
        \(settings.place == .relay ? Self.bucket(settings, Self.deviceName) : "")
        """
    }

    private static func routerScript(_ settings: LineSettings, receiver: Namespace) -> String {
        """
        ip addr add 198.18.0.2/30 dev \(Self.deviceName)
        ip link set \(Self.deviceName) mtu 1500 txqueuelen 10000 up
        ip link add near0 type veth peer name far0
        ip link set far0 netns \(receiver.path)
        ip addr add 198.18.1.1/30 dev near0
        ip link set near0 up
        \(settings.place == .router ? Self.bucket(settings, "near0") : "")
        echo 1 > /proc/sys/net/ipv4/ip_forward
        """
    }

    private static func bucket(_ settings: LineSettings, _ device: String) -> String {
        let rate = Int((settings.rate ?? 0) * 1e6)
        return
            "tc qdisc add dev \(device) root tbf rate \(rate)bit burst \(settings.burst) limit \(settings.queueLimit)"
    }

    private static func receiverScript(_ settings: LineSettings) -> String {
        """
        ip addr add \(Self.receiverAddress)/30 dev far0
        ip link set far0 up
        ip route add default via 198.18.1.1 congctl \(settings.congestionControl)
        """
    }

    deinit { if !self.isClosed { self.end() } }

    /// How many bytes have come to the receiver so far, with Ethernet headers, and when that was read.
    func receivedBytes() throws -> (count: UInt64, time: UInt64) {
        let text = try Self.interfaces(of: self.receiverSide)
        return (InterfaceCounters(text, of: "far0")?.receivedBytes ?? 0, cload_now())
    }

    private static func interfaces(of namespace: Namespace) throws -> String {
        try namespace.run { TextFile.read("/proc/thread-self/net/dev") }
    }

    /// Ends the delay line, and returns how it did.
    func close() throws -> DelayLine.Account {
        var dropped: UInt64 = 0
        for namespace in [self.relaySide, self.router].compactMap({ $0 }) {
            let text = try Self.interfaces(of: namespace)
            dropped += InterfaceCounters(text, of: Self.deviceName)?.dropped ?? 0
        }
        var account = self.end()
        account.dropped += dropped
        return account
    }

    @discardableResult
    private func end() -> DelayLine.Account {
        self.isClosed = true
        guard let delay else { return DelayLine.Account() }
        defer { delay.close() }
        return delay.stop()
    }
}
