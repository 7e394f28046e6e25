import CSimulatedSystem

/// A question by STUN, and whether its answer has come.
struct AddressQuestion {
    let address: UInt32
    let port: UInt16
    let relay: Int
    var isAnswered = false
}

// Clients ask for their addresses (RFC 8489).
extension Simulation {
    @discardableResult
    func askAddress(_ client: Int, _ relay: Int) -> [UInt8] {
        let transaction = (0..<12).map { _ in UInt8(truncatingIfNeeded: csim_random()) }
        let (address, port) = (Address.client(client), UInt16(30_000 + csim_random() % 20_000))
        self.questions[transaction] = AddressQuestion(address: address, port: port, relay: relay)
        let request = Self.request(transaction)
        csim_send_datagram(address, port, self.relays[relay].address, Address.stunPort, request, request.count)
        return transaction
    }

    /// As Tailscale's nodes ask (docs/protocol.md, "STUN").
    private static func request(_ transaction: [UInt8]) -> [UInt8] {
        let software: [UInt8] = [0x80, 0x22, 0, 8] + Array("tailnode".utf8)
        let bytes = [0, 1, 0, 20] + Self.cookie + transaction + software
        let check = Self.crc32(bytes) ^ 0x5354_554e
        return bytes + [0x80, 0x28, 0, 4] + (0..<4).map { UInt8(truncatingIfNeeded: check >> (24 - 8 * $0)) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
        }
    }

    private static let cookie: [UInt8] = [0x21, 0x12, 0xa4, 0x42]

    func receiveDatagrams() {
        var bytes = [UInt8](repeating: 0, count: 2048)
        var (address, port): (UInt32, UInt16) = (0, 0)
        while true {
            let count = csim_take_datagram(&address, &port, &bytes, bytes.count)
            guard count > 0 else { return }
            self.check(Array(bytes[..<count]), at: address, port)
        }
    }

    private func check(_ response: [UInt8], at address: UInt32, _ port: UInt16) {
        guard response.count >= 20, var question = self.questions[Array(response[8..<20])] else {
            self.ledger.violated("a datagram came that answers nothing")
            return
        }
        let plain = [UInt8(port >> 8), UInt8(port & 0xff)] + (0..<4).map { UInt8(address >> (24 - 8 * $0) & 0xff) }
        let mapped = zip(plain, [0x21, 0x12] + Self.cookie).map { $0 ^ $1 }
        guard question.address == address, question.port == port, response.starts(with: [1, 1]),
            response.firstRange(of: [0, 0x20, 0, 8, 0, 1] + mapped) != nil
        else {
            self.ledger.violated("a datagram came that tells another address")
            return
        }
        question.isAnswered = true
        self.questions[Array(response[8..<20])] = question
    }

    /// Every question is answered.
    func checkDatagrams() throws {
        guard self.story.features.contains(.datagrams) else { return }
        var asked: [[UInt8]] = []
        for relay in self.relays.indices {
            for number in 0..<50 { asked.append(self.askAddress(number % self.open.count, relay)) }
        }
        try self.pass(until: csim_now() + 3_000_000_000)
        for transaction in asked {
            guard let question = self.questions[transaction], !question.isAnswered else { continue }
            self.ledger.violated("relay \(question.relay) didn't answer a question by STUN")
        }
    }
}
