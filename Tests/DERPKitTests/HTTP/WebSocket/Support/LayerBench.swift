@testable import AsyncSockets
@testable import DERPKit

/// A layer under test, and what goes in and comes out below and above it.
final class LayerBench {
    let layer: WebSocketLayer
    private let room: Int

    /// - Parameters:
    ///   - inner: what seals below it.
    ///   - room: how many bytes one call may put out.
    init(inner: (any StreamLayer)? = nil, earlyCount: Int = 0, room: Int = LoopBuffers.sealSize) {
        self.layer = WebSocketLayer(inner: inner, buffers: LoopBuffers(), earlyCount: earlyCount)
        self.room = room
    }

    struct Opened {
        var bytes: [UInt8]
        var isClosed: Bool
        var sent: [UInt8]
    }

    func open(_ input: [UInt8], isDelayed: Bool = false) -> Opened {
        var plaintext = [UInt8](repeating: 0xee, count: input.count + 17 * 1024)
        var result = OpenResult(count: 0)
        let sent = self.output(isDelayed: isDelayed) { output in
            input.withUnsafeBytes { input in
                plaintext.withUnsafeMutableBytes { result = self.layer.open(input, into: $0, output: &output) }
            }
        }
        return Opened(bytes: Array(plaintext.prefix(result.count)), isClosed: result.isClosed, sent: sent)
    }

    func open(_ frames: ClientFrame..., isDelayed: Bool = false) -> Opened {
        self.open(frames.bytes, isDelayed: isDelayed)
    }

    /// Seals as much as fits into one call.
    func seal(_ bytes: [UInt8]) -> (count: Int?, sent: [UInt8]) {
        var count: Int?
        let sent = self.output { output in bytes.withUnsafeBytes { count = self.layer.seal($0, output: &output) } }
        return (count, sent)
    }

    func speak(isDelayed: Bool = false) -> [UInt8] {
        self.output(isDelayed: isDelayed) { self.layer.speak(output: &$0) }
    }

    func close() -> [UInt8] { self.output { self.layer.close(output: &$0) } }

    private func output(isDelayed: Bool = false, _ body: (inout SealedOutput) -> Void) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: self.room, alignment: 8)
        defer { memory.deallocate() }
        var output = SealedOutput(memory, isDelayed: isDelayed)
        body(&output)
        return Array(output.filled)
    }
}

/// In the place of TLS: seals in records of a byte `r`, their size in two bytes, and the bytes inverted.
final class InvertingLayer: StreamLayer {
    static func sealed(_ bytes: some Collection<UInt8>) -> [UInt8] {
        [UInt8(ascii: "r"), UInt8(bytes.count >> 8), UInt8(bytes.count & 0xff)] + bytes.map { ~$0 }
    }

    static let goodbye = UInt8(ascii: "g")

    /// The contents of the records that `bytes` are.
    static func records(in bytes: [UInt8]) -> [[UInt8]] {
        var records: [[UInt8]] = []
        var next = 0
        while bytes.count - next > 3, bytes[next] == UInt8(ascii: "r") {
            let end = next + 3 + Int(bytes[next + 1]) << 8 + Int(bytes[next + 2])
            records.append(bytes[next + 3..<end].map { ~$0 })
            next = end
        }
        return records
    }

    /// Opens whole records only.
    func open(
        _ input: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer,
        output: inout SealedOutput
    ) -> OpenResult {
        let bytes = Self.records(in: Array(input)).flatMap(\.self)
        plaintext.copyBytes(from: bytes)
        var result = OpenResult(count: bytes.count)
        result.isClosed = input.last == Self.goodbye
        return result
    }

    func seal(_ plaintext: UnsafeRawBufferPointer, output: inout SealedOutput) -> Int? {
        let record = Self.sealed(plaintext)
        guard plaintext.count <= 16 * 1024, output.space.count >= record.count else { return 0 }
        output.space.copyBytes(from: record)
        output.advance(by: record.count)
        return plaintext.count
    }

    func close(output: inout SealedOutput) {
        output.space.copyBytes(from: [Self.goodbye])
        output.advance(by: 1)
    }
}
