import IPAddresses
import HTTPTypes

extension HTTPFields {
    /// Returns the elements of a comma-separated field (RFC 9110 §5.6.1), from all its lines, without the empty ones.
    func list(_ name: HTTPField.Name) -> [Substring] {
        guard let value = self[name] else { return [] }
        return value.parts(at: ",").map(\.trimmed).filter { !$0.isEmpty }
    }

    /// Returns whether a comma-separated field contains `token`, which must be lower-case, in any case.
    func lists(_ token: String, in name: HTTPField.Name) -> Bool {
        guard var value = self[name] else { return false }
        // By bytes, and without creating anything per element, because strangers may list thousands.
        return value.withUTF8 { value in
            var start = 0
            while start <= value.count {
                let end = value[start...].firstIndex(of: UInt8(ascii: ",")) ?? value.count
                if end - start >= token.utf8.count, Self.isEqual(value[start..<end], token.utf8) { return true }
                start = end + 1
            }
            return false
        }
    }

    /// Returns whether `element`, without the white space around it, is `token` in any case.
    private static func isEqual(_ element: Slice<UnsafeBufferPointer<UInt8>>, _ token: String.UTF8View) -> Bool {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
        var element = element.drop(while: isSpace)
        while let last = element.last, isSpace(last) { element.removeLast() }
        guard element.count == token.count else { return false }
        return zip(element, token).allSatisfy { ((0x41...0x5a).contains($0) ? $0 | 0x20 : $0) == $1 }
    }
}
