import STUNKit

/// What is taken for a request or a response can be written, and reads as the same again.
enum STUNFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(STUNRequest.size, STUNResponse.maximumSize),
            alignment: 1
        )
        defer { memory.deallocate() }

        if case .request(let request) = STUNRequest.parse(input) {
            precondition(input.count >= STUNRequest.size)
            let size = request.write(to: memory)
            let again = STUNRequest.parse(UnsafeRawBufferPointer(rebasing: memory[..<size]))
            precondition(again == .request(request))
        }
        if let response = STUNResponse(parsing: input) {
            let size = response.write(to: memory)
            precondition(STUNResponse(parsing: UnsafeRawBufferPointer(rebasing: memory[..<size])) == response)
        }
    }
}
