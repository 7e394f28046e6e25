import DERPKit

/// Tells what is wrong with a relay, seen from outside:
///
///     Checks https://derp.example.com
@main
struct Checks {
    static func main() async throws {
        guard let url = CommandLine.arguments.dropFirst().first else { return print("The URL of which relay?") }

        let checker = RegionChecker(on: try IOLoopGroup(count: 1))
        let report = await checker.check(try CheckTarget(url: url))

        for node in report.nodes {
            print(node.isUp ? "\(node.host) works" : "\(node.host) doesn't work")
            for finding in node.findings { print("  \(finding.severity): \(finding.message)") }
        }
    }
}
