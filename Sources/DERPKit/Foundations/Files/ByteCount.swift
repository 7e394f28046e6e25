/// Numbers of bytes in the form that messages show.
package enum ByteCount {
    /// `5 MiB`, `64 KiB`, or the number itself if it isn't a whole number of any unit.
    package static func text(_ count: Int) -> String {
        for (unit, size) in Self.units where count >= size && count % size == 0 {
            return "\(count / size) \(unit)"
        }
        return count == 1 ? "1 byte" : "\(count) bytes"
    }

    private static let units = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
}
