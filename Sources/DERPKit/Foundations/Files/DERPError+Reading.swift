extension DERPError {
    /// The error for a file that can't be read.
    ///
    /// - Parameters:
    ///   - name: The file, for the message.
    ///   - code: The code, unless this machine was short of something. That is ``Code/exhausted``.
    init(reading name: some CustomStringConvertible, _ error: FileError, as code: Code) {
        self.init(error.mayPass ? .exhausted : code, "can't read \(name): \(error)")
    }
}
