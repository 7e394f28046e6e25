import FoundationEssentials
import IPAddresses
import Testing

@Suite("Addresses as JSON")
struct CodableTests {
    private func roundTrip<Value: Codable & Equatable>(_ value: Value, as text: String) throws {
        let json = try JSONEncoder().encode([value])
        #expect(String(decoding: json, as: UTF8.self).filter { $0 != "\\" } == "[\"\(text)\"]")
        #expect(try JSONDecoder().decode([Value].self, from: json) == [value])
    }

    @Test("they are their text", arguments: ["192.0.2.1", "2001:db8::1"])
    func texts(address: String) throws {
        let ip = try #require(IPAddress(address))
        try self.roundTrip(ip, as: address)
        let endpoint = IPEndpoint(ip, port: 443)
        try self.roundTrip(endpoint, as: endpoint.description)
        let network = try #require(IPNetwork("\(address)/16"))
        try self.roundTrip(network, as: ip.family == .ipv4 ? "192.0.0.0/16" : "2001::/16")
    }

    @Test("other text is an error", arguments: ["", "x", "192.0.2.256", "192.0.2.1:443:1", "192.0.2.1/33"])
    func errors(text: String) {
        let json = Data("[\"\(text)\"]".utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([IPAddress].self, from: json) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([IPEndpoint].self, from: json) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([IPNetwork].self, from: json) }
    }

    @Test("what isn't text is an error")
    func numbers() {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([IPAddress].self, from: Data("[1]".utf8)) }
    }
}
