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
}

#if DERP_SANITIZER
    /// Keeps the leak checker from looking at the tests' process: tests leave tasks behind that wait on loops which nobody
    /// turns any more. The servers that they start are processes of their own, and are looked at.
    @_cdecl("__lsan_is_turned_off")
    public func leaksOfTestsAreIgnored() -> Int32 { 1 }
#endif
