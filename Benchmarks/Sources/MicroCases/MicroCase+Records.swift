@testable import AsyncSockets

extension MicroCase {
    static let recordCases = [137, 1437, 16_384].flatMap { [seal($0), open($0)] }

    private static func seal(_ size: Int) -> MicroCase {
        MicroCase("TLS record seal, \(size) B", repetitions: size < 4096 ? 20 : 4) {
            let ends = try RecordEnds()
            let text = [UInt8](repeating: 7, count: size)
            return { count in
                for _ in 0..<count { text.withUnsafeBytes { consume(ends.seal($0).count) } }
            }
        }
    }

    /// Opens a record, which is sealed each time because it can be opened only once.
    private static func open(_ size: Int) -> MicroCase {
        MicroCase("TLS record seal and open, \(size) B", repetitions: size < 4096 ? 20 : 4) {
            let ends = try RecordEnds()
            let text = [UInt8](repeating: 7, count: size)
            return { count in
                for _ in 0..<count { text.withUnsafeBytes { consume(ends.open(ends.seal($0))) } }
            }
        }
    }
}

/// Both ends of a TLS connection after the handshake.
private final class RecordEnds {
    private let sender: TLSRecordLayer
    private let receiver: TLSRecordLayer
    private let sealed = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 * 1024, alignment: 64)
    private let opened = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 64)

    init() throws {
        self.sender = try Self.layer(isServer: true)
        self.receiver = try Self.layer(isServer: false)
    }

    deinit {
        self.sealed.deallocate()
        self.opened.deallocate()
    }

    private static func layer(isServer: Bool) throws -> TLSRecordLayer {
        guard let suite = TLSCipherSuite(number: 0x1301),
            let reading = TrafficKeys(suite: suite, secret: [UInt8](repeating: 1, count: 32), encrypts: false),
            let writing = TrafficKeys(suite: suite, secret: [UInt8](repeating: 1, count: 32), encrypts: true)
        else { throw MicroError.setUp }
        return TLSRecordLayer(reading: reading, writing: writing, isServer: isServer)
    }

    func seal(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var output = SealedOutput(self.sealed)
        _ = self.sender.seal(text, output: &output)
        return output.filled
    }

    func open(_ record: UnsafeRawBufferPointer) -> Int {
        var output = SealedOutput(UnsafeMutableRawBufferPointer(rebasing: self.opened[..<1024]))
        return self.receiver.open(
            record,
            into: UnsafeMutableRawBufferPointer(rebasing: self.opened[1024...]),
            output: &output
        ).count
    }
}
