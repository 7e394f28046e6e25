import Glibc

/// A semaphore that wakes a thread waiting for work.
// @unchecked: the semaphore is made to be shared.
final class WakeUp: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        self.semaphore = .allocate(capacity: 1)
        sem_init(self.semaphore, 0, 0)
    }

    deinit {
        sem_destroy(self.semaphore)
        self.semaphore.deallocate()
    }

    func post() { sem_post(self.semaphore) }

    func wait() {
        while sem_wait(self.semaphore) != 0 && errno == EINTR {}
    }
}
