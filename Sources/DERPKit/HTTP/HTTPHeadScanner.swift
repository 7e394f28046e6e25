/// Scans a request head byte by byte. At every byte it knows whether the bytes so far can still become a request head.
///
/// The verdict depends only on the bytes in their order, so it can't depend on how they were split.
struct HTTPHeadScanner: Sendable {
    private enum State: Hashable, Sendable {
        /// Before the request line; one empty line may come first (RFC 9112 §2.2).
        case start, emptyLineEnd, methodStart
        case method(byteCount: Int)
        case targetStart, target
        /// Inside `HTTP/x.y`, with the number of its bytes so far.
        case version(Int)
        case requestLineEnd
        case fieldStart, fieldName, fieldValue, fieldLineEnd
        case headEnd
    }

    /// Longer than any registered method (RFC 9110 §16.1).
    private static let maxMethodByteCount = 32
    private static let versionPrefix: StaticString = "HTTP/"

    private var state = State.start
    private var fieldCount = 0

    /// Reads the next byte. Returns `true` if it ends the head.
    @inline(__always)
    mutating func scan(_ byte: UInt8) throws(HTTPParseError) -> Bool {
        // The two states for nearly all bytes.
        if self.state == .fieldValue, HTTPGrammar.isFieldValue(byte) { return false }
        if self.state == .fieldName, HTTPGrammar.isToken(byte) { return false }
        if self.state == .headEnd {
            try Self.expectLineFeed(byte)
            return true
        }
        self.state = try self.state(after: byte)
        return false
    }

    private mutating func state(after byte: UInt8) throws(HTTPParseError) -> State {
        switch self.state {
        case .start where byte == HTTPGrammar.carriageReturn:
            return .emptyLineEnd
        case .emptyLineEnd:
            try Self.expectLineFeed(byte)
            return .methodStart
        case .start, .methodStart:
            guard HTTPGrammar.isToken(byte) else { throw byte == 0x16 ? .tlsOnPlainPort : .notHTTP }
            return .method(byteCount: 1)
        case .method(let count):
            if byte == HTTPGrammar.space { return .targetStart }
            guard HTTPGrammar.isToken(byte) else { throw Self.lineError(byte, else: .malformedRequestLine) }
            guard count < Self.maxMethodByteCount else { throw .methodTooLong }
            return .method(byteCount: count + 1)
        case .targetStart:
            guard HTTPGrammar.isTargetStart(byte) else { throw Self.lineError(byte, else: .malformedTarget) }
            return .target
        case .target:
            if byte == HTTPGrammar.space { return .version(0) }
            guard HTTPGrammar.isTarget(byte) else { throw Self.lineError(byte, else: .malformedTarget) }
            return .target
        case .version(let count):
            return try Self.state(afterVersionByte: byte, at: count)
        case .requestLineEnd, .fieldLineEnd:
            try Self.expectLineFeed(byte)
            return .fieldStart
        case .fieldStart:
            return try self.stateAtLineStart(byte)
        case .fieldName:
            guard byte == HTTPGrammar.colon else { throw Self.lineError(byte, else: .malformedField) }
            return .fieldValue
        case .fieldValue:
            guard byte == HTTPGrammar.carriageReturn else { throw Self.lineError(byte, else: .malformedField) }
            return .fieldLineEnd
        case .headEnd:
            return .headEnd
        }
    }

    private mutating func stateAtLineStart(_ byte: UInt8) throws(HTTPParseError) -> State {
        if byte == HTTPGrammar.carriageReturn { return .headEnd }
        if HTTPGrammar.isWhiteSpace(byte) { throw .foldedField }
        guard HTTPGrammar.isToken(byte) else { throw Self.lineError(byte, else: .malformedField) }
        guard self.fieldCount < HTTPRequestParser.maxFieldCount else { throw .tooManyFields }
        self.fieldCount += 1
        return .fieldName
    }

    /// `HTTP/1.x`; a higher minor version counts as 1.1 (RFC 9110 §2.5).
    private static func state(afterVersionByte byte: UInt8, at count: Int) throws(HTTPParseError) -> State {
        let prefixCount = Self.versionPrefix.utf8CodeUnitCount
        let fits =
            switch count {
            case ..<prefixCount: byte == Self.versionPrefix.utf8Start[count]
            case prefixCount, prefixCount + 2: HTTPGrammar.isDigit(byte)
            case prefixCount + 1: byte == UInt8(ascii: ".")
            default: byte == HTTPGrammar.carriageReturn
            }
        guard fits else { throw Self.lineError(byte, else: .malformedRequestLine) }
        if count == prefixCount, byte != UInt8(ascii: "1") { throw .unsupportedVersion }
        return count == prefixCount + 3 ? .requestLineEnd : .version(count + 1)
    }

    private static func expectLineFeed(_ byte: UInt8) throws(HTTPParseError) {
        guard byte == HTTPGrammar.lineFeed else { throw .bareCarriageReturn }
    }

    private static func lineError(_ byte: UInt8, else error: HTTPParseError) -> HTTPParseError {
        byte == HTTPGrammar.lineFeed ? .bareLineFeed : error
    }
}
