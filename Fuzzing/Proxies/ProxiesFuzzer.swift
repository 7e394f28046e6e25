import DERPKit

/// A PROXY header must come out the same however the input is cut, and incomplete never lasts beyond the limit.
enum ProxiesFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard input.count > 1 else { return }
        let size = Int(input[0] & 63) + 1
        let input = UnsafeRawBufferPointer(rebasing: input.dropFirst())

        let expected = ProxyHeaderParser.parse(input)
        if case .incomplete = expected { precondition(input.count < ProxyHeaderParser.maxByteCount) }
        if case .header(let header, let byteCount) = expected {
            precondition((15...ProxyHeaderParser.maxByteCount).contains(byteCount) && byteCount <= input.count)
            precondition(header.source.map { $0.ip == $0.ip.unmapped } ?? true)
        }

        var end = 0
        var result = ProxyHeaderParser.Result.incomplete
        while end < input.count, result == .incomplete {
            end = min(end + size, input.count)
            result = ProxyHeaderParser.parse(UnsafeRawBufferPointer(rebasing: input[..<end]))
        }
        precondition(result == expected)
    }
}
