#if Tracing
    import Tracing

    /// The span of a decision about a client, inside the span of its login. It contains the spans of the verifiers.
    final class AdmissionTrace: Sendable {
        private let span: any Span

        init(in login: TraceContext) {
            self.span = login.startSpan("derp.admission")
        }

        /// The context in which the verifiers are asked.
        var context: TraceContext { TraceContext(self.span) }

        /// Ends the span.
        ///
        /// - Parameter decision: The decision; `nil` if the client disconnected first.
        func end(_ decision: AdmissionDecision?) {
            let outcome = decision.map { $0.refusal?.kind.label ?? ($0.isVerified ? "allowed" : "unverified") }
            self.span.attributes["derp.admission.outcome"] = outcome ?? "gone"
            self.span.end()
        }
    }
#else
    /// Does nothing, because the package trait `Tracing` is off.
    struct AdmissionTrace: Sendable {
        var context: TraceContext { TraceContext() }
        @inline(__always) func end(_ decision: AdmissionDecision?) {}
    }
#endif
