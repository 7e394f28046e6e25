@testable import DERPKit

/// A chunked body must come out the same however it is cut, and as it was before a server cut it into chunks.
enum ChunksFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let kind = input.first,
            let (size, input) = Pieces.sized(UnsafeRawBufferPointer(rebasing: input.dropFirst()), below: 64)
        else { return }
        if kind & 1 == 0 {
            let whole = Self.body(of: input, piecesOf: input.count)
            precondition(whole == Self.body(of: input, piecesOf: size))
            precondition(whole == Self.body(of: input, piecesOf: 1))
            guard let whole else { return }
            precondition(whole.count <= Self.bodyLimit && whole.count < input.count)
        } else {
            Self.readBack(Array(input.dropFirst(16).prefix(Self.bodyLimit)), sizes: Array(input.prefix(16)), size)
        }
    }

    private static let bodyLimit = 2000
    private static let head = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

    /// Returns the body that `chunks` carry, or `nil` if they are refused or incomplete.
    private static func body(of chunks: [UInt8], piecesOf size: Int) -> [UInt8]? {
        var reader = HTTPResponseReader(answerTo: .get, bodyLimit: Self.bodyLimit)
        do throws(DERPError) {
            try reader.take(Self.head)
            for piece in Pieces.of(chunks, size) { try reader.take(piece) }
            try reader.end()
            return reader.response.body
        } catch {
            return nil
        }
    }

    /// Sends `body` in chunks of the given sizes.
    private static func readBack(_ body: [UInt8], sizes: [UInt8], _ size: Int) {
        var chunks: [UInt8] = []
        var rest = body[...]
        var number = 0
        while !rest.isEmpty {
            let chunk = rest.prefix(Int(sizes.isEmpty ? 1 : sizes[number % sizes.count]) + 1)
            rest = rest.dropFirst(chunk.count)
            let size = String(chunk.count, radix: 16, uppercase: number % 2 == 0)
            let line = size + (number % 3 == 0 ? ";name=value\r\n" : "\r\n")
            chunks += Array(line.utf8) + chunk + Array("\r\n".utf8)
            number += 1
        }
        chunks += Array("0\r\nTrailer: field\r\n\r\n".utf8)
        precondition(Self.body(of: chunks, piecesOf: size) == body)
    }
}
