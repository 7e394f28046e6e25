@testable import DERPKit

extension MicroCase {
    static let routeCases = [100, 10_000, 1_000_000].map { lookUp(among: $0) }

    /// Looks up a key among those of `clients` clients, a different one each time.
    private static func lookUp(among clients: Int) -> MicroCase {
        MicroCase("route look-up, \(clients) clients") {
            var numbers = SystemRandomNumberGenerator()
            var routes = RouteTable()
            var keys: [NodePublicKey] = []
            for slot in 0..<clients {
                let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: numbers.next(), Array.init) }
                guard let key = NodePublicKey(bytes) else { throw MicroError.setUp }
                if slot % max(1, clients / 100) == 0 { keys.append(key) }
                routes.set(key, to: ClientID(loop: 0, slot: UInt32(slot), generation: 0), outbox: nil)
            }
            return { count in
                for number in 0..<count { consume(routes[keys[number % keys.count]]) }
            }
        }
    }
}
