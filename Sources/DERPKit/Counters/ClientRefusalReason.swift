/// Why a client that has shown its key was refused. More reasons may be added in later versions.
public struct ClientRefusalReason: Hashable, Sendable {
    /// Why it was not admitted; `nil` when a limit kept it out.
    public let admission: AdmissionDecision.Reason?
    private let label: String

    private init(admission: AdmissionDecision.Reason?, label: String) {
        self.admission = admission
        self.label = label
    }

    /// The client was not admitted, or no longer.
    public init(_ reason: AdmissionDecision.Reason) { self.init(kind: reason.kind) }

    init(kind: AdmissionDecision.Reason.Kind) {
        self.init(admission: AdmissionDecision.Reason(kind), label: kind.label)
    }

    /// There are as many clients as there may be.
    public static let clientLimit = Self(admission: nil, label: ConnectionRefusal.clients.label)
}

extension ClientRefusalReason: CustomStringConvertible {
    /// The label's value in the metrics, such as `deny_list`.
    public var description: String { self.label }
}
