import AsyncSockets
import Glibc
import Synchronization

/// Asks the system for the addresses of names. `getaddrinfo` blocks for as long as it likes, so it has threads of its
/// own, which live while there is something to ask: 4 at most, unless it is made for more, and at most 64 questions wait
/// for one.
package final class HostResolver: Sendable {
    /// The one that all share who have no reason for another, so that the bounds are the process's.
    package static let shared = HostResolver()

    private struct State {
        var threads = 0
        var waiting: [Lookup] = []
    }

    private static let waitingLimit = 64
    /// How many addresses of a name are used.
    private static let addressLimit = 8

    /// Asks the system, and blocks.
    package typealias Question = @Sendable (_ name: String) -> Result<[IPAddress], DERPError>

    private let threadLimit: Int
    private let ask: Question
    private let state = Mutex(State())

    /// - Parameter ask: is called on the threads.
    package init(threadLimit: Int = 4, ask: @escaping Question = { HostResolver.askSystem(for: $0) }) {
        self.threadLimit = threadLimit
        self.ask = ask
    }

    /// The addresses of `name`, in the system's order of preference; an IP literal stands for itself.
    ///
    /// Returns at once when the task is cancelled; a question that was put to the system stays on its thread till the
    /// system answers.
    ///
    /// - Throws: ``DERPError`` with code `connection` when the name has none, or too many questions wait.
    package func addresses(of name: String) async throws(DERPError) -> [IPAddress] {
        if let literal = IPAddress(name) { return [literal] }
        let lookup = Lookup(name: name)
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                lookup.await(continuation)
                self.enqueue(lookup)
            }
        } onCancel: {
            lookup.finish(.failure(DERPError(.connection, "the look-up of \(name) was given up")))
        }.get()
    }

    private func enqueue(_ lookup: Lookup) {
        enum Decision { case wait, start, refuse }
        let decision: Decision = self.state.withLock { state in
            if state.threads < self.threadLimit {
                state.threads += 1
                state.waiting.append(lookup)
                return .start
            }
            state.waiting.removeAll { $0.isFinished }
            guard state.waiting.count < Self.waitingLimit else { return .refuse }
            state.waiting.append(lookup)
            return .wait
        }
        switch decision {
        case .wait: break
        case .refuse: lookup.finish(.failure(DERPError(.connection, "too many names are being looked up")))
        case .start: self.startThread()
        }
    }

    private func startThread() {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<HostResolver>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            },
            argument.toOpaque()
        )
        guard result == 0 else {
            argument.release()
            let orphans = self.state.withLock { state in
                state.threads -= 1
                // Another thread will see to them, if there is one.
                guard state.threads == 0 else { return [Lookup]() }
                defer { state.waiting = [] }
                return state.waiting
            }
            for lookup in orphans {
                lookup.finish(.failure(DERPError(.connection, "no thread can be started to look up names")))
            }
            return
        }
        pthread_detach(thread)
    }

    private func work() {
        // Signals are for the threads of the program that embeds us.
        var all = sigset_t()
        sigfillset(&all)
        for signal in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP] { sigdelset(&all, signal) }
        pthread_sigmask(SIG_SETMASK, &all, nil)
        while let lookup = self.next() {
            if !lookup.isFinished { lookup.finish(self.ask(lookup.name)) }
        }
    }

    private func next() -> Lookup? {
        self.state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.threads -= 1
            return nil
        }
    }

    package static func askSystem(for name: String) -> Result<[IPAddress], DERPError> {
        // Of both families, whichever this machine has: clients are told of both, and the system puts those last that it
        // can't reach.
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(name, nil, &hints, &list)
        guard result == 0 else {
            let reason = String(cString: gai_strerror(result)).lowercased()
            return .failure(DERPError(.connection, "can't find the address of \(name): \(reason)"))
        }
        defer { freeaddrinfo(list) }
        var addresses = [IPAddress]()
        var entry = list
        while let current = entry, addresses.count < Self.addressLimit {
            if let address = IPAddress(current.pointee), !addresses.contains(address) { addresses.append(address) }
            entry = current.pointee.ai_next
        }
        return addresses.isEmpty
            ? .failure(DERPError(.connection, "\(name) has no address")) : .success(addresses)
    }
}

extension HostResolver {
    /// One question, which is answered once: by the system, or by whoever gives it up.
    private final class Lookup: Sendable {
        typealias Answer = Result<[IPAddress], DERPError>

        private enum State {
            case new
            case awaited(CheckedContinuation<Answer, Never>)
            case finished(Answer)
        }

        let name: String
        private let state = Mutex(State.new)

        init(name: String) { self.name = name }

        var isFinished: Bool {
            self.state.withLock { if case .finished = $0 { true } else { false } }
        }

        func await(_ continuation: CheckedContinuation<Answer, Never>) {
            let answer: Answer? = self.state.withLock { state in
                if case .finished(let answer) = state { return answer }
                state = .awaited(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }

        func finish(_ answer: Answer) {
            let continuation: CheckedContinuation<Answer, Never>? = self.state.withLock { state in
                switch state {
                case .finished: return nil
                case .new:
                    state = .finished(answer)
                    return nil
                case .awaited(let continuation):
                    state = .finished(answer)
                    return continuation
                }
            }
            continuation?.resume(returning: answer)
        }
    }
}

extension IPAddress {
    fileprivate init?(_ entry: addrinfo) {
        guard let address = entry.ai_addr else { return nil }
        let raw = UnsafeRawPointer(address)
        switch entry.ai_family {
        case AF_INET:
            self.init(ipv4: UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            self.init(bytes: withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) })
        default: return nil
        }
    }
}
