#if Tracing
    import InMemoryTracing
    import Testing
    import Tracing

    @testable import DERPKit

    @Suite("Traces", .timeLimit(.minutes(1)))
    struct LoginTraceTests {
        /// The process's tracer can be set once.
        private static let tracer: InMemoryTracer = {
            let tracer = InMemoryTracer()
            InstrumentationSystem.bootstrap(tracer)
            return tracer
        }()

        /// Asks in a span of its own.
        private struct TracingVerifier: ClientVerifier {
            let answer: AdmissionDecision

            func decide(on request: AdmissionRequest) async -> AdmissionDecision {
                withSpan("ask the directory") { _ in self.answer }
            }
        }

        /// The finished span of the client's login, and those in it.
        private static func spans(of key: NodePublicKey) async -> (
            login: FinishedInMemorySpan, all: [FinishedInMemorySpan]
        ) {
            while true {
                let finished = Self.tracer.finishedSpans
                let login = finished.first { $0.attributes.get("derp.client.key") == .string(key.description) }
                if let login { return (login, finished.filter { $0.traceID == login.traceID }) }
                await Task.yield()
            }
        }

        @Test("a login has a span, admission one in it, and in that are those of verifiers", arguments: [true, false])
        func spans(isAllowed: Bool) async throws {
            let tracer = Self.tracer
            let answer: AdmissionDecision = isAllowed ? .allow : .deny(.controller)
            try await ObservedRelay.run {
                $0.admission.verifiers = [TracingVerifier(answer: answer)]
            } _: { observed in
                let key = NodePrivateKey()
                let refusal = try await observed.refusal(of: key)
                #expect((refusal == nil) == isAllowed)
                let (login, all) = await Self.spans(of: key.publicKey)
                #expect(login.operationName == "derp.login" && login.parentSpanID == nil)
                let outcome = isAllowed ? "connected" : "refused"
                #expect(login.attributes.get("derp.login.outcome") == .string(outcome))
                let admission = try #require(all.first { $0.operationName == "derp.admission" })
                #expect(admission.parentSpanID == login.spanID)
                let decision = isAllowed ? "allowed" : "controller"
                #expect(admission.attributes.get("derp.admission.outcome") == .string(decision))
                let question = try #require(all.first { $0.operationName == "ask the directory" })
                #expect(question.parentSpanID == admission.spanID)
                #expect(all.count == 3)
            }
            withExtendedLifetime(tracer) {}
        }
    }
#endif
