@_spi(Benchmarks) import DERPKit

extension Attack {
    static let clientInfos = Attack(
        "client-infos",
        .beforeLogin,
        "1,000 connections from one address with all but the last byte of a ClientInfo of 256 KiB",
        leastSeconds: 10
    ) { field in
        let most = 256 * 1024
        let begun = Self.fastStart + [0x02] + Self.count(most) + [UInt8](repeating: 0x41, count: most - 1)
        Crew.run(2) { _ in
            var held: [SecureWire] = []
            while !field.isOver {
                guard held.count < 500 else {
                    field.sleep(0.1)
                    held.removeAll { !$0.discard() }
                    continue
                }
                guard let wire = Wire(field, to: field.ports.relay, from: .one, patience: 1),
                    let secure = SecureWire(wire)
                else { continue }
                _ = secure.send(begun)
                held.append(secure)
            }
            for secure in held { secure.close() }
        }
    }

    static let deepJSON = Attack(
        "deep-json",
        .beforeLogin,
        "logins with a ClientInfo of 200,000 brackets that is sealed as it should be, by 2 clients, as many as go"
    ) { field in
        let json = Array("{\"a\":".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 200_000)
        Self.logInBadly(field) { box in box.seal(json) }
    }

    static let manyMembers = Attack(
        "many-members",
        .beforeLogin,
        "logins with a ClientInfo of 20,000 members that nobody knows, by 2 clients, as many as go"
    ) { field in
        let members = (0..<20_000).map { "\"a\($0)\":0" }.joined(separator: ",")
        let json = Array("{\(members)}".utf8)
        Self.logInBadly(field) { box in box.seal(json) }
    }

    static let badBoxes = Attack(
        "bad-boxes",
        .beforeLogin,
        "logins with a box of 256 KiB that nobody sealed, by 2 clients, as many as go"
    ) { field in
        let nonsense = [UInt8](repeating: 0x41, count: 256 * 1024 - 32)
        Self.logInBadly(field) { _ in nonsense }
    }

    private static func logInBadly(_ field: Field, _ box: @escaping @Sendable (SecretBox) -> [UInt8]) {
        Crew.run(2) { index in
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index)), let secure = SecureWire(wire),
                    secure.send(Self.fastStart), let answer = secure.receive(), answer.count >= 45,
                    let server = NodePublicKey(answer[13..<45])
                else { continue }
                let key = NodePrivateKey()
                guard let secret = SecretBox(privateKey: key, peer: server) else { continue }
                _ = secure.send(Frame.encode(.clientInfo, key.publicKey.bytes + box(secret)))
                _ = secure.receive()
                secure.close()
            }
        }
    }

    static let fastStart = Array(
        "GET /derp HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nDerp-Fast-Start: 1\r\n\r\n".utf8
    )

    private static func count(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static let logins = Attack(
        "logins",
        .beforeLogin,
        "whole logins, each with a key of its own, by 4 clients, which leave at once"
    ) { field in
        Crew.run(4) { index in
            while !field.isOver { RelayClient(field, from: .many(index))?.channel.close() }
        }
    }

    static let refused = Attack(
        "refused",
        .beforeLogin,
        "64 keys on the deny list that come again at once, each time that they were told why",
        settings: ServerSettings(
            flags: ["--deny-file", "{dir}/deny"],
            files: ["deny": Self.deniedKeys.map { "\($0.publicKey)\n" }.joined()]
        )
    ) { field in
        Crew.run(4) { index in
            var turn = 0
            while !field.isOver {
                turn += 1
                let key = Self.deniedKeys[(index + 4 * turn) % Self.deniedKeys.count]
                if RelayClient(field, from: .many(index), as: key) != nil {
                    field.costs.countFailure("a denied key got in")
                }
            }
        }
    }

    /// Keys that are the same in every process: 1, 2, … in their last byte.
    private static let deniedKeys = (1...64).compactMap { number in
        NodePrivateKey(bytes: [UInt8](repeating: 0x40, count: 31) + [0x40 | UInt8(number % 64)])
    }
}
