import HTTPTypes

/// A complete HTTP response: status, header fields and body.
package struct HTTPReply: Hashable, Sendable {
    package var status: HTTPResponse.Status
    /// The header fields without Content-Length and without Connection's persistence, which
    /// ``serialized(keepAlive:isHead:)`` adds.
    package var fields: HTTPFields
    package var body: [UInt8]

    package init(status: HTTPResponse.Status, fields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// One line of plain text.
    package init(text: String, status: HTTPResponse.Status, fields: HTTPFields = [:]) {
        self.init(status: status, fields: fields, body: Array(text.utf8) + [HTTPGrammar.lineFeed])
        self.fields[.contentType] = "text/plain; charset=utf-8"
        self.fields[.xContentTypeOptions] = "nosniff"
    }
}
