/// Parses a client's frames (RFC 6455 §5 and §7). The content of its messages comes out as one stream of bytes,
/// wherever frames and messages begin and end. Keeps only a cut header and a cut control frame.
///
/// Any split of the same bytes gives the same result.
struct WebSocketFrameReader: Sendable {
    /// Why nothing more is read.
    enum Ending: Hashable, Sendable {
        /// The client closed, with this code or without any.
        case close(WebSocketCloseCode?)
        case violation(WebSocketViolation)
    }

    /// The missing part of a frame's payload.
    private struct Payload {
        let opcode: WebSocketOpcode
        let isFinal: Bool
        var mask: WebSocketMask
        var left: Int
    }

    /// The beginning of an incomplete header.
    private var partial = PartialHeader()
    /// The frame whose payload is being read.
    private var payload: Payload?
    /// The payload of a control frame so far, unmasked.
    private var control: [UInt8] = []
    /// The number of bytes in the current message, of which not all frames have arrived; `nil` between messages.
    private var messageByteCount: Int?

    private(set) var ending: Ending?

    /// Reads all of `input`, or as much as comes before ``ending``.
    ///
    /// - Parameters:
    ///   - output: Receives the content of messages: at most as much as `input`, which may be at the same place.
    ///   - onPing: Receives the payload of a Ping, at most 125 bytes.
    /// - Returns: The number of bytes in `output`.
    mutating func read(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawPointer,
        onPing: ([UInt8]) -> Void
    ) -> Int {
        var input = input
        var count = 0
        do {
            while self.ending == nil, try self.readHeader(&input) {
                count += self.readPayload(&input, into: output + count)
                guard self.payload?.left == 0 else { break }
                try self.endFrame(onPing)
            }
        } catch {
            self.ending = .violation(error)
        }
        return count
    }

    /// Whether a payload comes next.
    private mutating func readHeader(_ input: inout UnsafeRawBufferPointer) throws(WebSocketViolation) -> Bool {
        guard self.payload == nil else { return true }
        if self.partial.isEmpty, let header = try WebSocketFrameHeader(input) {
            input = UnsafeRawBufferPointer(rebasing: input[header.byteCount...])
            try self.begin(header)
            return true
        }
        // One byte after another: a header must neither take what comes after it, nor miss an error in it.
        while let byte = input.first {
            input = UnsafeRawBufferPointer(rebasing: input[1...])
            self.partial.append(byte)
            guard let header = try self.partial.header() else { continue }
            self.partial = PartialHeader()
            try self.begin(header)
            return true
        }
        return false
    }

    /// Reads as much of the payload as is there. Returns the number of bytes in the output.
    private mutating func readPayload(
        _ input: inout UnsafeRawBufferPointer,
        into output: UnsafeMutableRawPointer
    ) -> Int {
        guard let opcode = self.payload?.opcode, let left = self.payload?.left else { return 0 }
        let masked = UnsafeRawBufferPointer(rebasing: input.prefix(left))
        input = UnsafeRawBufferPointer(rebasing: input[masked.count...])
        self.payload?.left -= masked.count
        guard opcode.isControl else {
            self.payload?.mask.remove(from: masked, to: output)
            return masked.count
        }
        let start = self.control.count
        self.control.append(contentsOf: masked)
        self.control.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            self.payload?.mask.remove(from: UnsafeRawBufferPointer(rebasing: bytes[start...]), to: base + start)
        }
        return 0
    }
}

// MARK: Frames

extension WebSocketFrameReader {
    private mutating func begin(_ header: WebSocketFrameHeader) throws(WebSocketViolation) {
        switch header.opcode {
        case .text, .binary:
            guard self.messageByteCount == nil else { throw .interruptedMessage }
            guard header.opcode == .binary else { throw .textMessage }
            try self.extendMessage(of: 0, by: header)
        case .continuation:
            guard let byteCount = self.messageByteCount else { throw .strayContinuation }
            try self.extendMessage(of: byteCount, by: header)
        case .close, .ping, .pong:
            break
        }
        self.payload = Payload(
            opcode: header.opcode,
            isFinal: header.isFinal,
            mask: header.mask,
            left: Int(header.payloadCount)
        )
    }

    private mutating func extendMessage(
        of byteCount: Int,
        by header: WebSocketFrameHeader
    ) throws(WebSocketViolation) {
        guard header.payloadCount <= WebSocketLimits.message - byteCount else { throw .messageTooLong }
        self.messageByteCount = byteCount + Int(header.payloadCount)
    }

    /// Acts on a complete frame.
    private mutating func endFrame(_ onPing: ([UInt8]) -> Void) throws(WebSocketViolation) {
        guard let payload = self.payload else { return }
        self.payload = nil
        defer { self.control = [] }
        switch payload.opcode {
        case .text, .binary, .continuation:
            if payload.isFinal { self.messageByteCount = nil }
        case .ping:
            onPing(self.control)
        case .pong:
            break
        case .close:
            self.ending = .close(try Self.closeCode(self.control))
        }
    }

    /// Returns the code of a Close frame, or `nil` if it has none (RFC 6455 §5.5.1).
    private static func closeCode(_ payload: [UInt8]) throws(WebSocketViolation) -> WebSocketCloseCode? {
        guard payload.count > 0 else { return nil }
        guard payload.count > 1 else { throw .malformedClose }
        let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.isSendable else { throw .malformedClose }
        guard String(validating: payload[2...], as: UTF8.self) != nil else { throw .closeReasonNotText }
        return code
    }
}

/// An incomplete header. It is stored in place, without an allocation.
private struct PartialHeader: Sendable {
    private var bytes: (UInt64, UInt64) = (0, 0)
    private var count = 0

    var isEmpty: Bool { self.count == 0 }

    mutating func append(_ byte: UInt8) {
        withUnsafeMutableBytes(of: &self.bytes) { $0[self.count] = byte }
        self.count += 1
    }

    /// Returns the header when it is complete, at the latest with ``WebSocketLimits/header`` bytes.
    func header() throws(WebSocketViolation) -> WebSocketFrameHeader? {
        try withUnsafeBytes(of: self.bytes) { bytes throws(WebSocketViolation) in
            try WebSocketFrameHeader(UnsafeRawBufferPointer(rebasing: bytes.prefix(self.count)))
        }
    }
}
