import Logging
import AsyncSockets
import DERPKit

extension AdmissionSettings {
    /// The policy, with the lists read.
    ///
    /// - Parameter authoritiesPEM: Authorities to trust for controllers, besides the system's.
    /// - Throws: ``StartError`` with the flag at fault.
    func policy(authoritiesPEM: String?) throws(StartError) -> AdmissionPolicy {
        var policy = AdmissionPolicy()
        let allow = try Self.list(\.admission.allowFile, self.allowFile)
        let deny = try Self.list(\.admission.denyFile, self.denyFile)
        if allow != nil || deny != nil { policy.lists = KeyLists(allow: allow, deny: deny) }
        policy.verifiers = try self.verifiers(authoritiesPEM)
        policy.allowLifetime = self.allowLifetime
        policy.denyLifetime = self.denyLifetime
        policy.reverifyInterval = self.reverifyInterval
        return policy
    }

    private static func list(_ flag: FlagPath<String?>, _ path: String?) throws(StartError) -> KeyListFile? {
        guard let path else { return nil }
        do {
            return try KeyListFile(path: path)
        } catch {
            throw StartError(flag, error)
        }
    }

    private func verifiers(_ authoritiesPEM: String?) throws(StartError) -> [any ClientVerifier] {
        guard self.tailscaledSocket != nil || !self.controllers.isEmpty else { return [] }
        let flag = self.controllers.isEmpty ? Flag[\.admission.asksTailscaled] : Flag[\.admission.controllers]
        do {
            // On their own loop, so that they and the relay's clients don't wait for each other.
            let group = try IOLoopGroup(count: 1)
            var verifiers: [any ClientVerifier] = []
            if let path = self.tailscaledSocket {
                verifiers.append(TailscaledVerifier(socketPath: path, on: group))
            }
            for url in self.controllers {
                verifiers.append(
                    try ControllerVerifier(
                        url: url,
                        failsOpen: self.controllersFailOpen,
                        authoritiesPEM: authoritiesPEM,
                        on: group
                    )
                )
            }
            return verifiers
        } catch {
            throw StartError(flag, "\(error)")
        }
    }
}

extension AdmissionSettings {
    /// The lines to log at the start about which clients `policy` admits.
    func notices(of policy: AdmissionPolicy) -> [Notice] {
        var notices = [("allow", policy.lists?.allow), ("deny", policy.lists?.deny)].compactMap { name, file in
            file.map { Notice.info("Read the \(name) list", ["file": "\($0.path)", "keys": "\($0.count)"]) }
        }
        if let allow = policy.lists?.allow, allow.count == 0 {
            notices.append(.warning("The allow list is empty: nobody is admitted", ["file": "\(allow.path)"]))
        }
        if let path = self.tailscaledSocket {
            notices.append(.info("The local tailscaled is asked about clients", ["socket": "\(path)"]))
        }
        for case let controller as ControllerVerifier in policy.verifiers {
            notices.append(
                self.controllersFailOpen
                    ? .warning(
                        "A controller is asked about clients: while it can't be reached, all are admitted",
                        ["url": "\(controller)", "cause": "-verify-client-url-fail-open"]
                    )
                    : .info(
                        "A controller is asked about clients: while it can't be reached, none is admitted",
                        ["url": "\(controller)", "cause": "-verify-client-url-fail-open=false"]
                    )
            )
        }
        return notices
    }
}
