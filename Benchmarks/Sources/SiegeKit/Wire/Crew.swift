import Glibc

/// Blocking threads, one for each thing that an attacker does at the same time.
enum Crew {
    /// Runs `work` on `count` threads and waits for all of them.
    static func run(_ count: Int, _ work: @escaping @Sendable (_ index: Int) -> Void) {
        let threads = (0..<count).compactMap { index in Self.start { work(index) } }
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Runs `work` on a thread without waiting for it.
    static func detach(_ work: @escaping @Sendable () -> Void) {
        if let thread = Self.start(work) { pthread_detach(thread) }
    }

    private static func start(_ work: @escaping @Sendable () -> Void) -> pthread_t? {
        let box = Unmanaged.passRetained(Work(work))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 256 * 1024)
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            box.toOpaque()
        )
        guard result == 0 else {
            box.release()
            return nil
        }
        return thread
    }
}

private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
