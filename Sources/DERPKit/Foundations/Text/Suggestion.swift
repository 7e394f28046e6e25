import IPAddresses

/// Finds what was meant by a name that isn't known, for "did you mean …?".
package enum Suggestion {
    /// Returns the candidate whose name is most like `name`, without regard to case, or `nil` if none is much like it.
    ///
    /// - Parameter text: Returns a candidate's name.
    package static func nearest<Candidate>(
        to name: String,
        among candidates: some Sequence<Candidate>,
        by text: (Candidate) -> String
    ) -> Candidate? {
        let length = name.utf8.count
        guard length <= Self.longestName else { return nil }
        let name = name.lowercasedASCII
        let distances = candidates.map { candidate in
            (candidate: candidate, distance: EditDistance.between(text(candidate).lowercasedASCII, name))
        }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= Self.limit(length) ? best.candidate : nil
    }

    /// Returns the candidate that is most like `name`, without regard to case, or `nil` if none is much like it.
    package static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        self.nearest(to: name, among: candidates) { $0 }
    }

    /// How many letters may be wrong: every third one, one at least and three at most.
    private static func limit(_ length: Int) -> Int { max(1, min(3, length / 3)) }

    /// Nobody mistypes a name into something longer than this, in bytes.
    private static let longestName = 60
}
