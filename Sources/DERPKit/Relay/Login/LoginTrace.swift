#if Tracing
    import IPAddresses
    import Tracing

    /// The span of a client's login, from its request for DERP until it is connected, refused or gone.
    ///
    /// The span goes to the tracer of `InstrumentationSystem`, which is called on the client's event loop.
    final class LoginTrace: Sendable {
        private let span: any Span

        init(at address: IPEndpoint) {
            self.span = startSpan("derp.login", ofKind: .server)
            self.span.attributes["client.address"] = address.ip.description
            self.span.attributes["client.port"] = Int(address.port)
            self.span.attributes["derp.login.outcome"] = "failed"
        }

        /// Notes the client's key.
        func note(_ key: NodePublicKey) {
            self.span.attributes["derp.client.key"] = key.description
        }

        /// Notes that the client has logged in.
        func succeed() {
            self.span.attributes["derp.login.outcome"] = "connected"
        }

        /// Notes that the client is refused.
        func refuse() {
            self.span.attributes["derp.login.outcome"] = "refused"
        }

        func end() { self.span.end() }

        /// Begins the span of deciding about the client.
        func beginAdmission() -> AdmissionTrace { AdmissionTrace(in: TraceContext(self.span)) }
    }
#else
    import IPAddresses

    /// Does nothing, without the package trait `Tracing`.
    struct LoginTrace: Sendable {
        @inline(__always) init(at address: IPEndpoint) {}
        @inline(__always) func note(_ key: NodePublicKey) {}
        @inline(__always) func succeed() {}
        @inline(__always) func refuse() {}
        @inline(__always) func end() {}
        @inline(__always) func beginAdmission() -> AdmissionTrace { AdmissionTrace() }
    }
#endif
