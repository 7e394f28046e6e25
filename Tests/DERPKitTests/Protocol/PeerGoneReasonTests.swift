import DERPKit
import Testing

@Suite("Reasons of PeerGone")
struct PeerGoneReasonTests {
    @Test("print in words, and as a number if they have no name")
    func description() {
        #expect("\(PeerGoneReason.disconnected), \(PeerGoneReason.notHere)" == "disconnected, not here")
        #expect("\(PeerGoneReason(rawValue: 7))" == "reason 7")
    }
}
