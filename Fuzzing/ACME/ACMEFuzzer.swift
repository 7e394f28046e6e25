import FoundationEssentials

@testable import DERPKit

/// What an ACME server says: its directory, problems, and the orders and authorizations on the way to a certificate.
enum ACMEFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let kind = input.first else { return }
        let input = Array(input.dropFirst())
        switch kind % 4 {
        case 0: _ = Self.decode(ACMEDirectory.self, input)
        case 1:
            guard let problem = Self.decode(ACMEProblem.self, input) else { return }
            Self.check(ACMEFailure("the server refuses: \(problem)"))
            precondition(problem.description.unicodeScalars.count <= 401)
        case 2: Self.issue(input)
        default: Self.encode(String(decoding: input, as: UTF8.self))
        }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ json: some Sequence<UInt8>) -> Value? {
        try? JSONDecoder().decode(type, from: Data(json))
    }

    private static func check(_ failure: ACMEFailure) {
        Lines.check(failure.description)
        precondition(failure.description.unicodeScalars.count <= 1001)
    }

    /// Takes the server's answers, one a line, until the certificate can be fetched or the order has failed. No server
    /// can keep it going for longer than it is asked.
    private static func issue(_ input: [UInt8]) {
        var issuance = ACMEIssuance(types: ACMEChallengeType.all)
        var steps = 0
        do throws(ACMEFailure) {
            for line in input.split(separator: 0x0a) {
                var step: ACMEIssuance.Step
                if let order = Self.decode(ACMEOrder.self, line) {
                    step = try issuance.take(order, retryAfter: .seconds(line.count))
                } else if let authorization = Self.decode(ACMEAuthorization.self, line) {
                    step = try issuance.take(authorization)
                } else {
                    continue
                }
                if case .answer(_, let token, _) = step {
                    precondition(Base64URL.isToken(token, limit: 256))
                    step = try issuance.challengeAccepted()
                }
                steps += 1
                if case .order(let pause) = step { precondition((.zero...(.seconds(30))).contains(pause)) }
                if case .authorization(_, let pause) = step { precondition((.zero...(.seconds(30))).contains(pause)) }
                if case .download = step { return }
            }
        } catch {
            Self.check(error)
        }
        let most = (ACMEIssuance.maximumPolls + 2) * (ACMEIssuance.maximumAuthorizations + 2)
        precondition(steps <= most, "\(steps) steps")
    }

    private static func encode(_ text: String) {
        if let bytes = Base64URL.decode(text) { precondition(Base64URL.decode(Base64URL.encode(bytes)) == bytes) }
        if Base64URL.isToken(text, limit: 1024) { precondition(text.utf8.allSatisfy { (0x2d...0x7a).contains($0) }) }
        guard let host = CertificateHost(text) else { return }
        precondition(CertificateHost(host.key)?.key == host.key)
        precondition(!ACMEIdentifier(host).value.isEmpty && host.validationName.utf8.count <= 253)
        precondition(!host.fileName.utf8.contains(UInt8(ascii: "/")))
    }
}
