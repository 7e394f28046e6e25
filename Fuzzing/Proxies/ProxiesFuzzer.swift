import DERPKit

/// A PROXY header must come out the same however the input is cut, and incomplete never lasts beyond the limit.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzProxies(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let size = Int(start[0] & 63) + 1
    // Of its own, so that a byte read beyond it is found.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: count - 1, alignment: 1)
    defer { input.deallocate() }
    input.copyMemory(from: UnsafeRawBufferPointer(start: start + 1, count: count - 1))

    let expected = ProxyHeaderParser.parse(UnsafeRawBufferPointer(input))
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
    return 0
}
