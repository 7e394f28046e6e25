/// Something that is fuzzed: a parser of what others send. Each has a folder with its name, and its first inputs there.
enum FuzzTarget: String, CaseIterable {
    case acme = "ACME"
    case admission = "Admission"
    case certificates = "Certificates"
    case chunks = "Chunks"
    case configuration = "Configuration"
    case connections = "Connections"
    case frames = "Frames"
    case keys = "Keys"
    case loginJSON = "LoginJSON"
    case maps = "Maps"
    case memory = "Memory"
    case proxies = "Proxies"
    case rates = "Rates"
    case records = "Records"
    case requests = "Requests"
    case responses = "Responses"
    case stun = "STUN"
    case takeovers = "Takeovers"
    case webSockets = "WebSockets"

    /// Tries one input. Traps if what must hold doesn't.
    var run: @Sendable (UnsafeRawBufferPointer) -> Void {
        switch self {
        case .acme: ACMEFuzzer.run
        case .admission: AdmissionFuzzer.run
        case .certificates: CertificatesFuzzer.run
        case .chunks: ChunksFuzzer.run
        case .configuration: ConfigurationFuzzer.run
        case .connections: ConnectionsFuzzer.run
        case .frames: FramesFuzzer.run
        case .keys: KeysFuzzer.run
        case .loginJSON: LoginJSONFuzzer.run
        case .maps: MapsFuzzer.run
        case .memory: MemoryFuzzer.run
        case .proxies: ProxiesFuzzer.run
        case .rates: RatesFuzzer.run
        case .records: RecordsFuzzer.run
        case .requests: RequestsFuzzer.run
        case .responses: ResponsesFuzzer.run
        case .stun: STUNFuzzer.run
        case .takeovers: TakeoversFuzzer.run
        case .webSockets: WebSocketsFuzzer.run
        }
    }
}
