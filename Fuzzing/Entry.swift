import Glibc

/// What the fuzzer calls. The environment says what is fuzzed: `FUZZ_TARGET=Frames`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    target(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

private let target: @Sendable (UnsafeRawBufferPointer) -> Void = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue)
        fatalError("FUZZ_TARGET=\(name) is none of \(names.joined(separator: ", "))")
    }
    return target.run
}()
