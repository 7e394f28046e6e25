import IPAddresses
import Testing

@Suite("Private addresses")
struct PrivateAddressTests {
    @Test(
        "addresses that have no meaning outside their network are private, mapped or not",
        arguments: [
            "0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
            "127.255.255.255", "169.254.0.1", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255",
        ]
    )
    func privateIPv4(text: String) throws {
        #expect(try #require(IPAddress(text)).isPrivate)
        #expect(try #require(IPAddress("::ffff:" + text)).isPrivate)
    }

    @Test("private addresses of IPv6", arguments: ["::", "::1", "fc00::", "fdff:ffff::1", "fe80::1", "febf::1"])
    func privateIPv6(text: String) throws {
        #expect(try #require(IPAddress(text)).isPrivate)
    }

    @Test(
        "all others are on the Internet",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
            "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
            "203.0.113.1", "::ffff:203.0.113.1", "::2", "2001:db8::1", "fbff::1", "fec0::1",
        ]
    )
    func publicAddresses(text: String) throws {
        #expect(try !#require(IPAddress(text)).isPrivate)
    }
}
