import DERPKit

/// A request's head must come out the same however the input is cut, and incomplete never lasts beyond the limit.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequests(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 1 else { return 0 }
    let size = Int(start[0] & 63) + 1
    // Of its own, so that a byte read beyond it is found.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: count - 1, alignment: 1)
    defer { input.deallocate() }
    input.copyMemory(from: UnsafeRawBufferPointer(start: start + 1, count: count - 1))

    var whole = HTTPRequestParser()
    let expected = whole.parse(UnsafeRawBufferPointer(input))
    if case .incomplete = expected { precondition(input.count < HTTPRequestParser.maxHeadByteCount) }
    if case .head(_, let byteCount) = expected { precondition((1...input.count).contains(byteCount)) }

    var parser = HTTPRequestParser()
    var end = 0
    var result = HTTPRequestParser.Result.incomplete
    while end < input.count, result == .incomplete {
        end = min(end + size, input.count)
        result = parser.parse(UnsafeRawBufferPointer(rebasing: input[..<end]))
    }
    precondition(result == expected)
    return 0
}
