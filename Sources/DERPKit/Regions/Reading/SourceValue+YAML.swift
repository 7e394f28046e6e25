import Yams

extension SourceValue {
    /// Reads one YAML document (YAML 1.1). An empty document is `null`.
    ///
    /// Refuses anchors and aliases: no map needs them, and a few lines of them can mean more than fits in memory.
    package init(yaml text: String) throws(Failure) {
        if let line = Self.lineOfAnchor(in: text) {
            throw Failure(line: line, message: "anchors (&name) are not read; write & only before a space")
        }
        do {
            guard let root = try Parser(yaml: text).singleRoot() else {
                self.init(line: 1, content: .null)
                return
            }
            try self.init(root, depth: 0)
        } catch let failure as Failure {
            throw failure
        } catch let error as YamlError {
            throw Failure(error)
        } catch {
            throw Failure(line: 1, message: "it is not YAML")
        }
    }

    private init(_ node: Node, depth: Int) throws(Failure) {
        self.line = node.mark?.line ?? 1
        guard depth < Self.depthLimit else { throw Failure(line: self.line, message: "it is nested too deep") }
        switch node {
        case .scalar(let scalar): self.content = Self.content(of: scalar)
        case .sequence(let sequence):
            var list = [SourceValue]()
            for item in sequence { list.append(try Self(item, depth: depth + 1)) }
            self.content = .list(list)
        case .mapping(let mapping):
            var members = [Member]()
            for (key, value) in mapping {
                let line = key.mark?.line ?? self.line
                guard case .scalar(let name) = key else { throw Failure(line: line, message: "a key is not text") }
                members.append(Member(name: name.string, line: line, value: try Self(value, depth: depth + 1)))
            }
            self.content = .object(members)
        case .alias: throw Failure(line: self.line, message: "aliases (*name) are not read")
        }
    }

    /// Applies the core schema (YAML 1.2 §10.3), as far as a map can need it.
    private static func content(of scalar: Node.Scalar) -> Content {
        guard scalar.style == .plain || scalar.style == .any else { return .text(scalar.string) }
        switch scalar.string {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case let text:
            let isNumber = text.utf8.allSatisfy { HTTPGrammar.isDigit($0) || "+-.eE".utf8.contains($0) }
            return isNumber && Double(text) != nil ? .number(text) : .text(text)
        }
    }

    /// Returns the first line with an `&` that can begin an anchor. Without anchors there are no aliases. This is
    /// checked before parsing, because the parser already expands them.
    private static func lineOfAnchor(in text: String) -> Int? {
        var line = 1
        var previous = UInt8(ascii: "\n")
        var isMark = false
        for byte in text.utf8 {
            if isMark, byte > 0x20 { return line }
            isMark = byte == UInt8(ascii: "&") && (previous <= 0x20 || "[]{},:?-!".utf8.contains(previous))
            if byte == UInt8(ascii: "\n") { line += 1 }
            previous = byte
        }
        return nil
    }
}

extension SourceValue.Failure {
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, message: "it is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let names, let context):
            let name = SourceText.quote(names.first ?? "")
            self.init(line: context.mark.line, message: "the key \(name) appears more than once")
        default:
            self.init(line: 1, message: "it is not YAML")
        }
    }
}
