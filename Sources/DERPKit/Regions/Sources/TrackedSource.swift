import AsyncSockets

/// A source and its last good content.
struct TrackedSource: Sendable {
    let source: DERPMapSource
    /// The last good document; `nil` if there is none yet.
    private(set) var document: DERPMapDocument?
    private(set) var validators = DERPMapSource.Validators()
    /// The reason why the last try failed.
    private(set) var failure: DERPError?
    /// Whether it is a URL that hasn't answered since the start.
    private(set) var isPending: Bool
    /// The stamp of the file when it was last read.
    var stamp: FileStamp?
    /// The number of the latest refresh that returned. An older one doesn't count any more.
    private var refresh = 0

    init(_ source: DERPMapSource) {
        self.source = source
        self.isPending = if case .url = source { true } else { false }
    }

    var isFile: Bool { if case .file = self.source { true } else { false } }

    /// Uses what the cache has of a URL until there is an answer, unless it can't be used.
    mutating func takeCached(_ text: String, _ validators: DERPMapSource.Validators) {
        guard self.isPending else { return }
        let document = DERPMapDocument(text, form: self.source.form)
        guard !document.findings.contains(where: { $0.severity == .error }) else { return }
        self.document = document
        self.validators = validators
    }

    /// Tries to read it. Asks only for what is newer than ``document`` if that is possible.
    func ask(by client: HTTPClient?) async -> Result<DERPMapSource.Answer, DERPError> {
        await Result.awaiting { () throws(DERPError) in
            try await self.source.load(by: client, unless: self.validators)
        }
    }

    /// Processes the result of a try.
    ///
    /// - Returns: Whether the content is different now.
    mutating func take(_ result: Result<DERPMapSource.Answer, DERPError>, ofRefresh number: Int) -> Bool {
        guard number >= self.refresh else { return false }
        self.refresh = number
        self.isPending = false
        switch result {
        case .failure(let error):
            self.failure = error
            // The file is to be read again, although it hasn't changed.
            if error.code == .exhausted { self.stamp = nil }
            return false
        case .success(.unchanged):
            self.failure = nil
            return false
        case .success(.text(let text, let validators)):
            let document = DERPMapDocument(text, form: self.source.form)
            if let finding = document.findings.first(where: { $0.severity == .error }) {
                self.failure = DERPError(.invalidConfiguration, "\(self.source): \(finding)")
                return false
            }
            self.failure = nil
            self.validators = validators
            defer { self.document = document }
            return self.document != document
        }
    }

    /// Whether the file has changed since it was last read.
    var hasChanged: Bool {
        guard case .file(let path) = self.source else { return false }
        return FileStamp(of: path) != self.stamp
    }

    var status: RegionMap.SourceStatus {
        RegionMap.SourceStatus(
            name: self.source.description,
            regionCount: self.document?.layer.regions.values.count { $0 != nil } ?? 0,
            failure: self.failure?.message,
            isPending: self.isPending,
            findings: self.document?.findings ?? []
        )
    }
}
