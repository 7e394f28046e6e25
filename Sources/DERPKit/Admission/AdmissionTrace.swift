#if Tracing
    import Tracing

    /// The span of deciding about a client, in that of its login. The spans of verifiers are in it.
    final class AdmissionTrace: Sendable {
        private let span: any Span

        init(in login: TraceContext) {
            self.span = login.startSpan("derp.admission")
        }

        /// What verifiers are asked in.
        var context: TraceContext { TraceContext(self.span) }

        /// Ends it.
        ///
        /// - Parameter decision: `nil` when the client was gone first.
        func end(_ decision: AdmissionDecision?) {
            let outcome = decision.map { $0.refusal?.kind.label ?? ($0.isVerified ? "allowed" : "unverified") }
            self.span.attributes["derp.admission.outcome"] = outcome ?? "gone"
            self.span.end()
        }
    }
#else
    /// Without the package trait `Tracing`, nothing.
    struct AdmissionTrace: Sendable {
        var context: TraceContext { TraceContext() }
        @inline(__always) func end(_ decision: AdmissionDecision?) {}
    }
#endif
