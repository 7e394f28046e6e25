import Glibc
import TestSupport

/// Asks again and again until `condition` holds, and throws when `limit`, or what a sanitizer makes of it, passes
/// first.
func eventually(_ what: String, within limit: Duration = .seconds(15), _ condition: () throws -> Bool) throws {
    let deadline = Deadline(in: limit * Sanitizer.slowness)
    while try !condition() {
        guard !deadline.hasPassed else { throw KitError.timedOut(what) }
        giveTime()
    }
}

/// Gives the processor away for 10 ms, between two looks at something that can only be polled.
func giveTime() {
    usleep(10_000)
}
