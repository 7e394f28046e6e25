import Testing

@testable import LoadKit

@Suite("Who runs where")
struct ProcessorsTests {
    @Test("The server has the first ones that are wanted, and the generator what is left")
    func split() {
        #expect(Processors.split(0b1111, forServer: [2, 1]) == (0b1100, 0b0011))
        #expect(Processors.split(0b1010_0100, forServer: [1]) == (0b1010_0000, 0b0000_0100))
    }

    @Test("With too few for the first wish, the next one counts")
    func few() {
        #expect(Processors.split(0b11, forServer: [2, 1]) == (0b10, 0b01))
    }

    @Test(
        "Where nothing is left for the generator, or nothing is wanted, both have all",
        arguments: [[2, 1], [0], []]
    )
    func none(counts: [Int]) {
        #expect(Processors.split(0b100, forServer: counts) == (0b100, 0b100))
    }
}
