/// TLS 1.3 records after the handshake (RFC 8446 §5). This replaces OpenSSL's session, which can then be freed.
///
/// It decrypts directly from the socket's bytes to the reader's memory, and an idle connection owns little more than
/// its two keys. Confined to the loop.
final class TLSRecordLayer: TransportSecurity {
    let reading: TrafficKeys
    let writing: TrafficKeys
    /// The beginning of an incomplete record.
    @exclusivity(unchecked) private var partial: [UInt8] = []
    @exclusivity(unchecked) var messages: PostHandshakeMessages
    /// Whether the peer said that it sends nothing more.
    @exclusivity(unchecked) private var isReadClosed = false
    @exclusivity(unchecked) private var isBroken = false
    /// How much the peer has used of its allowance for records without data. A record without data costs
    /// ``uselessCost``; one with data gives back one.
    @exclusivity(unchecked) private var uselessDebt = 0
    private let recordsPerKey: UInt64

    /// RFC 8446 §5.5 allows 2^24.5 records under one AES-GCM key.
    static let recordsPerKey: UInt64 = 1 << 24

    /// - Parameters:
    ///   - isServer: Whether this end is the server. A server accepts no tickets.
    ///   - recordsPerKey: The number of records that are written with one key.
    init(reading: TrafficKeys, writing: TrafficKeys, isServer: Bool, recordsPerKey: UInt64 = recordsPerKey) {
        self.recordsPerKey = recordsPerKey
        self.reading = reading
        self.writing = writing
        self.messages = PostHandshakeMessages(acceptsTickets: !isServer)
    }

    func handshake(_ input: UnsafeRawBufferPointer, output: inout SealedOutput) -> HandshakeProgress {
        .complete(unread: input.count)
    }

    func retire() {
        self.isBroken = true
        self.reading.retire()
        self.writing.retire()
    }
}

/// The reason why a connection can't continue: the alert for the peer, and the words for a log.
struct TLSFailure: Error {
    let alert: TLSRecord.Alert?
    let reason: String

    init(_ alert: TLSRecord.Alert?, _ reason: String) {
        self.alert = alert
        self.reason = reason
    }
}

// MARK: Reading

extension TLSRecordLayer {
    func open(
        _ input: UnsafeRawBufferPointer,
        into plaintext: UnsafeMutableRawBufferPointer,
        output: inout SealedOutput
    ) -> OpenResult {
        var result = OpenResult(count: 0)
        guard !self.isBroken else {
            result.failure = "the connection is broken"
            return result
        }
        // What follows a close_notify is ignored (§6.1).
        guard !self.isReadClosed else {
            result.isClosed = true
            return result
        }
        do {
            try self.openRecords(input, plaintext, &result)
            self.isReadClosed = result.isClosed
        } catch {
            self.isBroken = true
            result.failure = error.reason
            if let alert = error.alert { self.sealAlert(alert, output: &output) }
        }
        return result
    }

    private func openRecords(
        _ input: UnsafeRawBufferPointer,
        _ plaintext: UnsafeMutableRawBufferPointer,
        _ result: inout OpenResult
    ) throws(TLSFailure) {
        guard var next = input.baseAddress else { return }
        let end = next + input.count
        if !self.partial.isEmpty {
            guard try self.completePartial(&next, end, plaintext, &result) else { return }
        }
        while end - next >= TLSRecord.headerCount, !result.isClosed {
            let bodyCount = try Self.bodyCount(next)
            let size = TLSRecord.headerCount + bodyCount
            guard end - next >= size else { break }
            try self.openRecord(next, bodyCount, plaintext, &result)
            next += size
        }
        guard next < end, !result.isClosed else { return }
        if end - next >= TLSRecord.headerCount { _ = try Self.bodyCount(next) }
        self.partial = Array(UnsafeRawBufferPointer(start: next, count: end - next))
    }

    /// Continues with a record whose beginning was kept. Returns `false` if it is still incomplete.
    private func completePartial(
        _ next: inout UnsafeRawPointer,
        _ end: UnsafeRawPointer,
        _ plaintext: UnsafeMutableRawBufferPointer,
        _ result: inout OpenResult
    ) throws(TLSFailure) -> Bool {
        self.growPartial(to: TLSRecord.headerCount, from: &next, end)
        guard self.partial.count >= TLSRecord.headerCount else { return false }
        let bodyCount = try Self.withBytes(of: self.partial) { bytes throws(TLSFailure) in try Self.bodyCount(bytes) }
        let size = TLSRecord.headerCount + bodyCount
        self.growPartial(to: size, from: &next, end)
        guard self.partial.count == size else { return false }
        let record = self.partial
        self.partial = []
        try Self.withBytes(of: record) { bytes throws(TLSFailure) in
            try self.openRecord(bytes, bodyCount, plaintext, &result)
        }
        return true
    }

    /// `withUnsafeBytes`, for a body with a typed error.
    private static func withBytes<Value>(
        of bytes: [UInt8],
        _ body: (UnsafeRawPointer) throws(TLSFailure) -> Value
    ) throws(TLSFailure) -> Value {
        let outcome: Result<Value, TLSFailure> = bytes.withUnsafeBytes { bytes in
            Result { () throws(TLSFailure) in try body(bytes.baseAddress!) }
        }
        return try outcome.get()
    }

    private func growPartial(to count: Int, from next: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
        let taken = min(max(count - self.partial.count, 0), end - next)
        self.partial.append(contentsOf: UnsafeRawBufferPointer(start: next, count: taken))
        next += taken
    }

    /// Checks a record by its header, before anything of it is kept.
    @inline(__always)
    private static func bodyCount(_ record: UnsafeRawPointer) throws(TLSFailure) -> Int {
        guard record.load(as: UInt8.self) == TLSRecord.ContentType.applicationData.rawValue else {
            throw TLSFailure(.unexpectedMessage, "a record is not encrypted")
        }
        let count = Int(UInt16(bigEndian: record.loadUnaligned(fromByteOffset: 3, as: UInt16.self)))
        guard count <= TLSRecord.largestBody else { throw TLSFailure(.recordOverflow, "a record is too large") }
        guard count >= TLSRecord.smallestBody else { throw TLSFailure(.badRecordMAC, "a record is too small") }
        return count
    }

    private func openRecord(
        _ record: UnsafeRawPointer,
        _ bodyCount: Int,
        _ plaintext: UnsafeMutableRawBufferPointer,
        _ result: inout OpenResult
    ) throws(TLSFailure) {
        let memory = plaintext.baseAddress! + result.count
        guard self.reading.open(record, bodyCount: bodyCount, to: memory) else {
            throw TLSFailure(.badRecordMAC, "a record was altered")
        }
        var count = bodyCount - TLSRecord.tagCount - 1
        // Padding doesn't change how much a record may hold (§5.4).
        guard count <= TLSRecord.largestContent else { throw TLSFailure(.recordOverflow, "a record is too large") }
        // The content's type is the last byte that isn't padding.
        while count > 0, memory.load(fromByteOffset: count, as: UInt8.self) == 0 { count -= 1 }
        let type = memory.load(fromByteOffset: count, as: UInt8.self)
        if type == TLSRecord.ContentType.applicationData.rawValue, count > 0, self.messages.isBetweenMessages {
            if self.uselessDebt > 0 { self.uselessDebt -= 1 }
            result.count += count
            return
        }
        self.uselessDebt += Self.uselessCost
        guard self.uselessDebt <= Self.mostUseless * Self.uselessCost else {
            throw TLSFailure(.unexpectedMessage, "too many records without data")
        }
        try self.takeOther(type, UnsafeRawBufferPointer(start: memory, count: count), &result)
    }

    /// Records without data are small and expensive, a KeyUpdate most of all. A peer that sends many of them wants to
    /// hold the loop. This many may come at once.
    private static let mostUseless = 32
    /// After that, one for this many records with data.
    private static let uselessCost = 8

    private func takeOther(
        _ type: UInt8,
        _ content: UnsafeRawBufferPointer,
        _ result: inout OpenResult
    ) throws(TLSFailure) {
        switch TLSRecord.ContentType(rawValue: type) {
        case .applicationData where self.messages.isBetweenMessages:
            break
        case .alert where self.messages.isBetweenMessages && !content.isEmpty:
            guard content.count == 2 else { throw TLSFailure(.decodeError, "an alert is malformed") }
            switch content[1] {
            case TLSRecord.Alert.closeNotify.rawValue: result.isClosed = true
            case Self.userCanceled: break
            default: throw TLSFailure(nil, "the peer sent alert \(content[1])")
            }
        case .handshake:
            let updates = try self.messages.read(content)
            if updates, !self.reading.update() { throw TLSFailure(.internalError, "a key could not be updated") }
        default:
            throw TLSFailure(.unexpectedMessage, "an unexpected kind of record")
        }
    }

    /// RFC 8446 §6.1: announces a close_notify.
    private static let userCanceled: UInt8 = 90
}

// MARK: Writing

extension TLSRecordLayer {
    func seal(_ plaintext: UnsafeRawBufferPointer, output: inout SealedOutput) -> Int? {
        guard !self.isBroken else { return nil }
        var sealed = 0
        while sealed < plaintext.count {
            let size = min(plaintext.count - sealed, TLSRecord.largestContent)
            // Room for a KeyUpdate too.
            guard output.space.count >= Self.size(of: size) + Self.size(of: 5) else { break }
            let piece = UnsafeRawBufferPointer(rebasing: plaintext[sealed..<sealed + size])
            guard self.updateWritingIfDue(&output), self.sealRecord(piece, .applicationData, &output) else {
                self.isBroken = true
                return nil
            }
            sealed += size
        }
        return sealed
    }

    private static func size(of content: Int) -> Int {
        TLSRecord.headerCount + content + 1 + TLSRecord.tagCount
    }

    private func sealRecord(
        _ content: UnsafeRawBufferPointer,
        _ type: TLSRecord.ContentType,
        _ output: inout SealedOutput
    ) -> Bool {
        let size = Self.size(of: content.count)
        let memory = output.space
        guard memory.count >= size, let start = memory.baseAddress else { return false }
        TLSRecord.storeHeader(bodyCount: size - TLSRecord.headerCount, at: start)
        guard
            self.writing.seal(content, type: type.rawValue, header: start, to: start + TLSRecord.headerCount)
        else { return false }
        output.advance(by: size)
        return true
    }

    private func sealAlert(_ alert: TLSRecord.Alert, output: inout SealedOutput) {
        let level: UInt8 = alert == .closeNotify ? 1 : 2
        _ = [level, alert.rawValue].withUnsafeBytes { self.sealRecord($0, .alert, &output) }
    }

    /// Sends KeyUpdate and writes with the next key, if this one is used up or the peer asked for it. An answer may
    /// wait until there is data (RFC 8446 §4.6.3), so a peer that asks and never reads costs nothing.
    @inline(__always)
    private func updateWritingIfDue(_ output: inout SealedOutput) -> Bool {
        guard self.messages.isUpdateRequested || self.writing.sequence >= self.recordsPerKey else { return true }
        self.messages.isUpdateRequested = false
        let isSent = PostHandshakeMessages.keyUpdate.withUnsafeBytes { self.sealRecord($0, .handshake, &output) }
        return isSent && self.writing.update()
    }

    func close(output: inout SealedOutput) {
        guard !self.isBroken else { return }
        self.isBroken = true
        self.sealAlert(.closeNotify, output: &output)
    }
}
