import HTTPTypes

/// A page that is complete except for its body, which has yet to be rendered.
package struct LivePage: Hashable, Sendable {
    private let fields: HTTPFields
    private let knownTags: [Substring]

    init(fields: HTTPFields, for head: HTTPRequestHead, isTLS: Bool) {
        self.fields = HTTPReply(status: .ok, fields: fields).protected(isTLS: isTLS).fields
        self.knownTags = head.fields.list(.ifNoneMatch)
    }

    /// Returns whether the client already has the content with this `entityTag` (RFC 9110 §13.1.2), so that nothing
    /// needs to be rendered.
    package func isKnown(entityTag: String) -> Bool {
        self.knownTags.contains { $0.equals("*") || $0.equals(entityTag) || $0.equals("W/" + entityTag) }
    }

    /// Returns the reply with `body`: 200, or 304 without the body when the client already has the content with this
    /// `entityTag`.
    ///
    /// - Parameter entityTag: In quotes and without a comma, such as `"5f2a"`. `nil` for a page without one.
    package func reply(body: [UInt8], entityTag: String? = nil) -> HTTPReply {
        var fields = self.fields
        guard let entityTag else { return HTTPReply(status: .ok, fields: fields, body: body) }
        fields[.eTag] = entityTag
        guard self.isKnown(entityTag: entityTag) else { return HTTPReply(status: .ok, fields: fields, body: body) }
        return HTTPReply(status: .notModified, fields: fields)
    }
}
