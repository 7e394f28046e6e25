#if Tracing
    import Tracing

    /// The span in which something happens, handed over to tasks that don't inherit it.
    struct TraceContext: Sendable {
        private let context: ServiceContext?

        private init(context: ServiceContext?) { self.context = context }

        init(_ span: any Span) { self.context = span.context }

        /// That of this task.
        static var current: Self { Self(context: .current) }

        /// Begins a span in it.
        func startSpan(_ name: String) -> any Span {
            Tracing.startSpan(name, context: self.context ?? .topLevel)
        }

        /// Runs `body` in it.
        func run<Result: Sendable>(_ body: @Sendable () async -> Result) async -> Result {
            await ServiceContext.withValue(self.context) { await body() }
        }
    }
#else
    /// Without the package trait `Tracing`, nothing.
    struct TraceContext: Sendable {
        static var current: Self { Self() }

        @inline(__always)
        func run<Result: Sendable>(_ body: @Sendable () async -> Result) async -> Result { await body() }
    }
#endif
