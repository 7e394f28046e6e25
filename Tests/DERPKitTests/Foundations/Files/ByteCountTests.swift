import DERPKit
import Testing

@Suite("Numbers of bytes as text")
struct ByteCountTests {
    @Test(
        "round ones have a unit",
        arguments: [
            (0, "0 bytes"), (1, "1 byte"), (100, "100 bytes"), (1024, "1 KiB"), (65536, "64 KiB"),
            (65537, "65537 bytes"),
            (5 << 20, "5 MiB"), (1536, "1536 bytes"), (1536 << 10, "1536 KiB"),
        ]
    )
    func text(count: Int, text: String) {
        #expect(ByteCount.text(count) == text)
    }
}
