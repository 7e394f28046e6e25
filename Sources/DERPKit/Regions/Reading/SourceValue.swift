/// A value of a YAML or JSON document, with its line.
package struct SourceValue {
    /// An object's member.
    package struct Member {
        package let name: String
        /// The line of the name.
        package let line: Int
        package let value: SourceValue
    }

    package enum Content {
        case null
        case bool(Bool)
        /// The text of a number as it was written.
        case number(String)
        case text(String)
        case list([SourceValue])
        case object([Member])
    }

    package let line: Int
    package let content: Content

    /// The reason why a document can't be read at all.
    package struct Failure: Error {
        package let line: Int
        package let message: String
    }

    /// The maximum nesting of lists and objects. A map needs 6.
    static let depthLimit = 32

    /// The kind of the value, for an error.
    package var kind: String {
        switch self.content {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .text: "text"
        case .list: "a list"
        case .object: "an object"
        }
    }
}
