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

    /// Why a document can't be read at all.
    package struct Failure: Error {
        package let line: Int
        package let message: String
    }

    /// How deep lists and objects may lie in each other. A map needs 6.
    static let depthLimit = 32

    /// What the value is, for an error.
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
