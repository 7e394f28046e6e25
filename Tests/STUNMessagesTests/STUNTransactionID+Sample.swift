import STUNMessages
import TestSupport
import Testing

extension STUNTransactionID {
    static var sample: Self {
        get throws { try #require(Self(bytes: STUNSample.transactionBytes)) }
    }
}
