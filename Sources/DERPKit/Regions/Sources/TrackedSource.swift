import AsyncSockets

/// A source and the last good that it said.
struct TrackedSource: Sendable {
    let source: DERPMapSource
    /// `nil`: nothing good yet.
    private(set) var document: DERPMapDocument?
    private(set) var validators = DERPMapSource.Validators()
    /// Why the last try failed.
    private(set) var failure: DERPError?
    /// Whether it is a URL that has not been heard of since the start.
    private(set) var isPending: Bool
    /// The file when it was last read.
    var stamp: FileStamp?
    /// The number of the refresh that was last heard of: an older one says nothing any more.
    private var refresh = 0

    init(_ source: DERPMapSource) {
        self.source = source
        self.isPending = if case .url = source { true } else { false }
    }

    var isFile: Bool { if case .file = self.source { true } else { false } }

    /// Takes what the cache has of a URL until there is news, unless it can't be used.
    mutating func takeCached(_ text: String, _ validators: DERPMapSource.Validators) {
        guard self.isPending else { return }
        let document = DERPMapDocument(text, form: self.source.form)
        guard !document.findings.contains(where: { $0.severity == .error }) else { return }
        self.document = document
        self.validators = validators
    }

    /// Tries to read it: only what is newer than ``document``, where that can be asked.
    func ask(by client: HTTPClient?) async -> Result<DERPMapSource.Answer, DERPError> {
        await Result.awaiting { () throws(DERPError) in
            try await self.source.load(by: client, unless: self.validators)
        }
    }

    /// Takes what a try came to.
    ///
    /// - Returns: whether there is other content now.
    mutating func take(_ result: Result<DERPMapSource.Answer, DERPError>, ofRefresh number: Int) -> Bool {
        guard number >= self.refresh else { return false }
        self.refresh = number
        self.isPending = false
        switch result {
        case .failure(let error):
            self.failure = error
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

    /// Whether the file is another than the one last read.
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
