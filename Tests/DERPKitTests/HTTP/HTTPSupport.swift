import DERPKit
import HTTPTypes
import Testing

extension HTTPRequestParser {
    /// Parses `bytes` handed over in pieces that end at `cuts`, as a connection would: stops at the first verdict.
    static func parse(_ bytes: [UInt8], cuts: [Int] = []) -> Result {
        var parser = HTTPRequestParser()
        for end in cuts + [bytes.count] {
            let result = bytes.withUnsafeBytes { parser.parse(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
            if result != .incomplete { return result }
        }
        return .incomplete
    }

    static func parse(_ text: String) -> Result { self.parse(Array(text.utf8)) }
}

/// The head of a request that must be well-formed. `lines` are joined and ended by CRLF.
func requestHead(_ lines: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> HTTPRequestHead {
    let text = lines.map { $0 + "\r\n" }.joined() + "\r\n"
    guard case .head(let head, byteCount: text.utf8.count) = HTTPRequestParser.parse(text) else {
        Issue.record("not a request head: \(HTTPRequestParser.parse(text))", sourceLocation: sourceLocation)
        throw HTTPParseError.malformedRequestLine
    }
    return head
}
