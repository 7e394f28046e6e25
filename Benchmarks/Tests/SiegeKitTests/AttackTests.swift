import Testing

@testable import SiegeKit

@Suite struct AttackTests {
    @Test func namesAreDifferentAndCanBeTyped() {
        let names = Attack.all.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(
                name.utf8.allSatisfy {
                    ("a"..."z").contains(Character(UnicodeScalar($0))) || "-.0123456789".utf8.contains($0)
                }
            )
        }
    }

    @Test func each() {
        for attack in Attack.all {
            #expect(Attack.named(attack.name) != nil)
            #expect(!attack.summary.hasSuffix("."))
        }
    }
}
