@testable import AsyncSockets

extension TrafficKeys {
    /// Opens a whole record. Returns the content and its type, or `nil` if the record was altered.
    func open(_ record: [UInt8]) -> [UInt8]? {
        let bodyCount = record.count - TLSRecord.headerCount
        var inner = [UInt8](repeating: 0, count: bodyCount - TLSRecord.tagCount)
        let isOpened = inner.withUnsafeMutableBytes { inner in
            record.withUnsafeBytes { self.open($0.baseAddress!, bodyCount: bodyCount, to: inner.baseAddress!) }
        }
        return isOpened ? inner : nil
    }

    /// Seals a whole record. Returns `nil` if OpenSSL refuses.
    func seal(_ content: [UInt8], type: UInt8) -> [UInt8]? {
        let bodyCount = content.count + 1 + TLSRecord.tagCount
        var record = [UInt8](repeating: 0, count: TLSRecord.headerCount + bodyCount)
        let isSealed = record.withUnsafeMutableBytes { record in
            TLSRecord.storeHeader(bodyCount: bodyCount, at: record.baseAddress!)
            return content.withUnsafeBytes {
                self.seal(
                    $0,
                    type: type,
                    header: record.baseAddress!,
                    to: record.baseAddress! + TLSRecord.headerCount
                )
            }
        }
        return isSealed ? record : nil
    }
}
