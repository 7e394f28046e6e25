@_spi(Benchmarks) import DERPKit

extension Attack {
    static let handshakes = Attack(
        "handshakes",
        .beforeLogin,
        "whole TLS 1.3 handshakes by 4 clients, and nothing behind them"
    ) { field in
        Self.shakeHands(field, .tls13)
    }

    static let handshakes12 = Attack(
        "handshakes-1.2",
        .beforeLogin,
        "whole TLS 1.2 handshakes by 4 clients, and nothing behind them"
    ) { field in
        Self.shakeHands(field, .tls12)
    }

    private static func shakeHands(_ field: Field, _ settings: SecureWire.Settings) {
        Crew.run(4) { index in
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index)) else { continue }
                SecureWire(wire, settings)?.close()
            }
        }
    }

    static let renegotiation = Attack(
        "renegotiation",
        .beforeLogin,
        "TLS 1.2 clients that begin handshake after handshake on one connection"
    ) { field in
        Crew.run(4) { index in
            while !field.isOver {
                guard let wire = Wire(field, to: field.ports.relay, from: .many(index), patience: 1),
                    let secure = SecureWire(wire, .tls12)
                else { continue }
                while !field.isOver, secure.renegotiate() {}
                secure.close()
            }
        }
    }

    static let keyUpdate = Attack(
        "key-update",
        .beforeLogin,
        "KeyUpdates without end on 4 connections that have not logged in, each to be answered"
    ) { field in
        Crew.run(4) { index in Self.updateKeys(field, index) }
    }

    static let keyUpdateData = Attack(
        "key-update-pings",
        .loggedIn,
        "31 KeyUpdates, each to be answered, and then a ping, over and over on 4 connections"
    ) { field in
        let ping = Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8])
        Crew.run(4) { index in
            while !field.isOver {
                guard let client = RelayClient(field, from: .many(index)),
                    let secure = client.channel as? SecureWire
                else { continue }
                var goesOn = true
                while goesOn, !field.isOver {
                    for _ in 0..<31 where goesOn { goesOn = secure.updateKeys(wantsAnswer: true) }
                    goesOn = goesOn && secure.send(ping) && secure.discard()
                }
                secure.close()
            }
        }
    }

    private static func updateKeys(_ field: Field, _ index: Int) {
        while !field.isOver {
            guard let wire = Wire(field, to: field.ports.relay, from: .many(index)),
                let secure = SecureWire(wire, .tls13)
            else { continue }
            // The answers stay in the kernel, and are discarded there from time to time.
            while !field.isOver, secure.updateKeys(wantsAnswer: true), secure.discard() {}
            secure.close()
        }
    }
}
