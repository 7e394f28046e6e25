import Testing

@testable import DERPKit

@Suite("Contacts of clients elsewhere")
struct RemoteContactsTests {
    private func listener(_ number: Int) -> ClientID { ClientID(loop: 0, slot: UInt32(number), generation: 0) }

    @Test("are remembered for each sender, once")
    func remembering() {
        var contacts = RemoteContacts()
        let senders = (0..<3).map { _ in NodePrivateKey().publicKey }
        for number in [1, 2, 1] { contacts.note(self.listener(number), of: senders[0]) }
        contacts.note(self.listener(1), of: senders[1])
        #expect(contacts.take(senders[0]) == [self.listener(1), self.listener(2)])
        #expect(contacts.take(senders[0]).isEmpty)
        #expect(contacts.take(senders[2]).isEmpty)
        #expect(contacts.count == 1)
    }

    @Test("are bounded in all: the senders that were noted first are forgotten")
    func bound() {
        var contacts = RemoteContacts(limit: 1000)
        let senders = (0..<300).map { _ in NodePrivateKey().publicKey }
        for round in 0..<20 {
            for (number, sender) in senders.enumerated() {
                for listener in 0..<10 { contacts.note(self.listener(round * 100 + listener), of: sender) }
                #expect(contacts.count <= 1000)
                if number % 3 == 0 { #expect(contacts.take(sender).count == 10) }
            }
        }
        #expect(contacts.take(senders[298]).count == 10)
        #expect(contacts.take(senders[1]).isEmpty)
    }
}
