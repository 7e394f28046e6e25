// What scripts/check-compiler builds with -O, together with Sources/AsyncSockets/Result+Awaiting.swift.
//
// In an async function whose result lies in memory of its caller, as every generic one's does, Swift 6.3.1 drops a store to
// that memory when another path stores there again: LLVM takes the end of such a function for a place that is never
// reached, so that nobody seems to read what was stored before. `return (index, try await f())` stores `index`
// first; when `f` throws, `catch` stores there again.

struct Failure: Error {}

/// Seven times `number`; throws for 2.
@inline(never)
func sevenfold(_ number: Int) async throws(Failure) -> Int {
    await Task.yield()
    if number == 2 { throw Failure() }
    return number * 7
}

typealias Answer = (number: Int, answer: Result<Int, Failure>)

/// Ways of asking for several answers at once.
enum Form: String, CaseIterable {
    /// Not written in this package: scripts/check-source refuses them.
    case typedDo = "do throws(E) { return (index, .success(try await f())) } catch"
    case untypedDo = "do { return (index, .success(try await f())) } catch"
    case generic = "the same in a generic function"
    case looping = "the same with a catch that goes on"
    /// As it is written.
    case awaiting = "(index, await Result.awaiting { try await f() })"
    case function = "(index, await a function that returns a Result)"
    case named = "do { let value = try await f(); return (index, .success(value)) } catch"
    case closure = "a typed closure that returns (index, try await f())"

    var isUsed: Bool {
        switch self {
        case .typedDo, .untypedDo, .generic, .looping: false
        case .awaiting, .function, .named, .closure: true
        }
    }

    func answers(_ numbers: [Int]) async -> [Int: Result<Int, Failure>] {
        await withTaskGroup(of: Answer.self) { group in
            for number in numbers { self.ask(number, in: &group) }
            return await group.reduce(into: [:]) { $0[$1.number] = $1.answer }
        }
    }

    private func ask(_ number: Int, in group: inout TaskGroup<Answer>) {
        switch self {
        case .typedDo:
            group.addTask {
                do throws(Failure) {
                    return (number, .success(try await sevenfold(number)))
                } catch {
                    return (number, .failure(error))
                }
            }
        case .untypedDo:
            group.addTask {
                do {
                    return (number, .success(try await sevenfold(number)))
                } catch {
                    return (number, .failure(Failure()))
                }
            }
        case .generic: group.addTask { await answer(number, of: number) }
        case .looping:
            group.addTask {
                for _ in 0..<1 {
                    do { return (number, .success(try await sevenfold(number))) } catch { continue }
                }
                return (number, .failure(Failure()))
            }
        case .awaiting:
            group.addTask {
                (number, await Result.awaiting { () throws(Failure) in try await sevenfold(number) })
            }
        case .function: group.addTask { (number, await answer(of: number)) }
        case .named:
            group.addTask {
                do {
                    let value = try await sevenfold(number)
                    return (number, .success(value))
                } catch {
                    return (number, .failure(Failure()))
                }
            }
        case .closure:
            group.addTask {
                let pair = await Result.awaiting { () throws(Failure) in (number, try await sevenfold(number)) }
                return (number, pair.map(\.1))
            }
        }
    }
}

@inline(never)
func answer<Index>(_ index: Index, of number: Int) async -> (Index, Result<Int, Failure>) {
    do throws(Failure) {
        return (index, .success(try await sevenfold(number)))
    } catch {
        return (index, .failure(error))
    }
}

func answer(of number: Int) async -> Result<Int, Failure> {
    await Result.awaiting { () throws(Failure) in try await sevenfold(number) }
}

@main
enum Fault {
    static func main() async {
        for form in Form.allCases {
            let answers = await form.answers([1, 2, 3, 4])
            let isRight =
                answers.count == 4
                && answers.allSatisfy { number, answer in
                    switch answer {
                    case .success(let value): number != 2 && value == number * 7
                    case .failure: number == 2
                    }
                }
            print("\(form.isUsed ? "used" : "refused") \(isRight ? "right" : "wrong") \(form.rawValue)")
        }
    }
}
