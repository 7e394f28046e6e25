@testable import DERPKit

/// A file of rates says what it says: written in the simplest way, it reads as the same again.
enum RatesFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        let text = String(decoding: input, as: UTF8.self)
        do throws(SourceValue.Failure) {
            let limits = try RateLimits(json: text)
            Self.check(limits.perClient)
            for (key, rate) in limits.keys {
                precondition(!key.isZero && limits.rate(for: key) == rate)
                Self.check(rate)
            }
            precondition((try? RateLimits(json: Self.json(limits))) == limits)
        } catch {
            precondition(error.line >= 1)
            Lines.check(error.message)
        }
    }

    private static func check(_ rate: RateLimits.Rate) {
        precondition(rate.bytesPerSecond >= 0 && (0...1 << 32).contains(rate.burst))
        precondition(rate.isUnlimited == (rate.burst == 0))
    }

    private static func json(_ limits: RateLimits) -> String {
        let keys = limits.keys.map { key, rate in
            "\"\(key)\": {\"RateLimitBytesPerSec\": \(rate.bytesPerSecond), \"RateBurstBytes\": \(rate.burst)}"
        }
        return """
            {"PerClientRateLimitBytesPerSec": \(limits.perClient.bytesPerSecond),
            "PerClientRateBurstBytes": \(limits.perClient.burst), "AdvertiseRates": \(limits.areAdvertised),
            "Keys": {\(keys.joined(separator: ","))}}
            """
    }
}
