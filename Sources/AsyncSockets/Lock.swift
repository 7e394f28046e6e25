#if DERP_SANITIZER
    import Glibc

    /// A lock around a value, for builds with a sanitizer: thread sanitizer knows what the functions of pthread order. It
    /// doesn't know what the standard library's `Mutex` orders, because the library isn't built with it.
    // @unchecked: the value is only reached with the lock.
    package struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

        package init(_ value: consuming sending Value) {
            self.value.initialize(to: value)
            let result = pthread_mutex_init(self.mutex, nil)
            precondition(result == 0, "a mutex could not be made")
        }

        deinit {
            pthread_mutex_destroy(self.mutex)
            self.mutex.deallocate()
            self.value.deinitialize(count: 1)
            self.value.deallocate()
        }

        package borrowing func withLock<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            pthread_mutex_lock(self.mutex)
            defer { pthread_mutex_unlock(self.mutex) }
            return try body(&self.value.pointee)
        }

        package borrowing func withLockIfAvailable<Result: ~Copyable, Failure: Error>(
            _ body: (inout sending Value) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result? {
            guard pthread_mutex_trylock(self.mutex) == 0 else { return nil }
            defer { pthread_mutex_unlock(self.mutex) }
            return try body(&self.value.pointee)
        }
    }
#else
    import Synchronization

    /// A lock around a value. `scripts/sanitize` puts another type in its place, which sanitizers understand.
    package typealias Lock<Value: ~Copyable> = Mutex<Value>
#endif
