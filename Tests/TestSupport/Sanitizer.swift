/// The sanitizer that the tests are built with (`scripts/sanitize`).
package enum Sanitizer {
    /// Whether there is one. It has an allocator of its own, which keeps freed memory, and shadows all memory.
    package static var isOn: Bool {
        #if DERP_SANITIZER
            true
        #else
            false
        #endif
    }

    /// How many times longer something may take than in a build without one.
    ///
    /// Each limit of time that a test needs is multiplied by it: those of `eventually`, `waitUntil` and `Deadline.answer`
    /// here, those of a test's own where they stand.
    package static var slowness: Int { self.isOn ? 10 : 1 }
}

#if DERP_SANITIZER
    /// Keeps the leak checker from looking at the tests' process: tests leave tasks behind that wait on loops which nobody
    /// turns any more. The servers that they start are processes of their own, and are looked at.
    @_cdecl("__lsan_is_turned_off")
    public func leaksOfTestsAreIgnored() -> Int32 { 1 }
#endif
