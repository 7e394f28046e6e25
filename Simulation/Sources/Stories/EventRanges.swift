import ArgumentParser

/// Numbers of events, as text: `0-9,12`.
package struct EventRanges: CustomStringConvertible {
    package let indices: [Int]

    /// More than any story has.
    private static let largest = 9_999_999

    package init(_ indices: [Int]) { self.indices = indices }

    package init(_ text: String) throws {
        var indices: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard bounds.count <= 2, let low = bounds.first ?? nil, let high = bounds.last ?? nil, low <= high,
                high <= Self.largest
            else { throw ValidationError("--events takes numbers up to \(Self.largest) and ranges, such as 0-9,12") }
            indices += low...high
        }
        self.indices = indices
    }

    package var description: String {
        var ranges: [ClosedRange<Int>] = []
        for index in self.indices {
            if let last = ranges.last, last.upperBound == index - 1 {
                ranges[ranges.count - 1] = last.lowerBound...index
            } else {
                ranges.append(index...index)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
