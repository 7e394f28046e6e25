import FoundationEssentials

extension DERPMapLayer {
    /// Reads a layer from JSON of at most 5 MiB.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` and the place of the error: see ``init(from:)``.
    package init(json: some Sequence<UInt8>) throws(DERPError) {
        let data = Data(json)
        guard data.count <= DERPMapLimits.size else {
            throw DERPError(.invalidConfiguration, "the DERP map is larger than \(ByteCount.text(DERPMapLimits.size))")
        }
        do {
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch let error as DecodingError {
            throw DERPError(.invalidConfiguration, "the DERP map is wrong\(error.place): \(error.reason)")
        } catch {
            throw DERPError(.invalidConfiguration, "the DERP map is wrong: it is not JSON")
        }
    }
}

extension DecodingError {
    private var context: Context? {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            context
        @unknown default: nil
        }
    }

    /// Returns ` at Regions.900.Nodes`, or nothing for the document as a whole.
    fileprivate var place: String {
        let path = self.context?.codingPath.map { key in
            // The names come from the document. Characters that don't belong in a log line are left out.
            key.intValue.map(String.init)
                ?? String(key.stringValue.prefix(40).filter { $0.isASCII && !$0.isWhitespace })
        }
        guard let path else { return "" }
        return path.isEmpty ? "" : " at " + path.joined(separator: ".")
    }

    fileprivate var reason: String { self.context?.debugDescription ?? "not understood" }
}
