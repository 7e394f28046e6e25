extension ServerProcess {
    /// How many lines of the log contain `text`, and how many they say were left out.
    func said(_ text: String) -> (lines: Int, leftOut: Int) {
        let lines = self.log.split(separator: "\n").filter { $0.contains(text) }
        let leftOut = lines.compactMap { $0.firstMatch(of: /left_out=([0-9]+)/).flatMap { Int($0.output.1) } }
        return (lines.count, leftOut.reduce(0, +))
    }
}
