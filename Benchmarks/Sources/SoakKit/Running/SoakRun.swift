import AsyncSockets
import CLoad
@_spi(Benchmarks) import DERPKit
import FoundationEssentials
import Glibc
import LoadKit
import SiegeKit

/// A soak while it runs.
// @unchecked: used by one task.
final class SoakRun: @unchecked Sendable {
    let settings: SoakSettings
    let files: SoakFiles
    let field: SoakField
    let plan: CrowdPlan
    let crowd: Crowd
    let counters: SharedCounters
    private let group: IOLoopGroup
    private let target: Target
    private let peerTarget: Target

    private(set) var relay: SoakProcess
    private var peer: SoakProcess
    private var victims: SoakProcess?
    private var starts = (relay: 0, peer: 0, victims: 0)

    private(set) var baseline = ServerUse()
    private(set) var baselinePage = MetricsPage("")
    private(set) var current = RelayProcessRecord(1)
    private(set) var ended: [RelayProcessRecord] = []
    private(set) var deeds = SoakDeeds()
    private(set) var log = ServerLog("")
    private(set) var peerLog = ServerLog("")
    /// Checks that failed, and those of which each only happens once.
    private(set) var checks: [SoakCheck] = []
    private var failures: [String: [String]] = [:]
    var balance: SoakBalance?
    private var outlawsAreDenied = false

    private var outlaws: [NodePublicKey] {
        self.plan.members.filter { $0.role == .outlaw }.map(\.key.publicKey)
    }

    init(_ settings: SoakSettings) async throws {
        self.settings = settings
        self.files = try SoakFiles()
        self.field = try SoakField(
            program: settings.program,
            directory: self.files.directory,
            drainSeconds: settings.drainSeconds
        )
        self.plan = CrowdPlan(clients: settings.clients)
        let keys = self.plan.members.filter { $0.node == .relay }.map(\.key) + self.plan.victims
        try self.files.writeAllowList(keys.map(\.publicKey))
        try self.files.write("victims", self.plan.victims.map { $0.secretText + "\n" }.joined())
        self.counters = try SharedCounters(path: "\(self.files.directory)/counters")
        self.group = try IOLoopGroup(count: 3)
        self.target = try Target(url: self.field.relayURL)
        self.peerTarget = try Target(url: self.field.peerURL)
        var crowdSettings = CrowdSettings(relay: self.target, peer: self.peerTarget)
        crowdSettings.leavingPerSecond = Double(settings.clients) / 500
        self.crowd = await Crowd(self.plan, crowdSettings, on: self.group)
        self.peer = try self.field.startPeer(1)
        self.relay = try self.field.startRelay(1)
        self.starts = (1, 1, 0)
    }

    private var loop: IOLoop { self.group.loops[0] }

    // MARK: Keeping accounts

    /// Notes what was seen of a rule that is checked many times.
    func note(_ rule: String, _ failure: String?) {
        self.failures[rule, default: []] += failure.map { [$0] } ?? []
        if let failure { Terminal.tell("  FAILED: \(rule): \(failure)") }
    }

    func add(_ check: SoakCheck) {
        self.checks.append(check)
        if !check.holds { Terminal.tell("  FAILED: \(check.rule): \(check.seen)") }
    }

    /// The checks that were made many times.
    var repeatedChecks: [SoakCheck] {
        self.failures.sorted { $0.key < $1.key }.map { rule, failures in
            SoakCheck(rule, failures.isEmpty ? "always" : failures.prefix(5).joined(separator: "; "), failures.isEmpty)
        }
    }

    /// Reads the relay's metrics. No counter may be less than before.
    @discardableResult
    func readMetrics() async throws -> MetricsPage {
        let page = try await MetricsReader.read(self.target, on: self.loop)
        self.take(page)
        return page
    }

    private func take(_ page: MetricsPage) {
        let fallen = page.fallen(since: self.current.page)
        self.note("counters never fall", fallen.isEmpty ? nil : fallen.joined(separator: ", "))
        self.current.page = page
        self.current.last = self.relay.use
    }

    private func wait(_ seconds: Double, until condition: () async throws -> Bool) async rethrows -> Bool {
        let end = cload_now() + UInt64(seconds * 1e9)
        while try await !condition() {
            guard cload_now() < end else { return false }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return true
    }

    // MARK: From the beginning to the end

    func begin() async throws {
        let isUp = await self.wait(20) {
            guard let page = try? await MetricsReader.read(self.target, on: self.loop) else { return false }
            // Both nodes have their link to the other one.
            return page.value("derp_mesh_links{state=\"up\"}") == 1 && page.value("derp_mesh_watchers") == 1
        }
        guard isUp else { throw SoakError("the relay doesn't serve\n\(TextFile.read(self.relay.log).suffix(2000))") }
        // What it does for the first time takes memory once.
        for _ in 0..<64 {
            let (stream, _) = try await withTaskExecutorPreference(self.loop) {
                try await self.target.logIn(as: self.plan.members[0].key, on: self.loop)
            }
            await self.loop.run { stream.close() }
        }
        // The mesh peer is a client too.
        _ = await self.wait(5) { (try? await self.readMetrics().value("derp_clients")) == 1 }
        self.baseline = self.relay.use
        self.baselinePage = self.current.page
        try await self.crowd.start()
        try self.startVictims()
        let time = Double(self.settings.clients) / 250 + 120
        let isFull = await self.wait(time) { await self.isFull(0) }
        self.add(SoakCheck("all clients come", await self.attendance(), isFull))
        await self.crowd.forEachPart {
            $0.isSending = true
            $0.isChurning = true
        }
    }

    /// Whether all clients are connected, apart from so many.
    private func isFull(_ tolerance: Int) async -> Bool {
        let relay = await self.crowd.connectedCount(.relay) + tolerance >= self.crowd.memberCount(.relay)
        let peer = await self.crowd.connectedCount(.peer) + tolerance >= self.crowd.memberCount(.peer)
        return relay && peer && Int(self.counters[.connected]) + tolerance >= self.plan.victims.count
    }

    private func attendance() async -> String {
        let connected = await self.crowd.connectedCount(.relay)
        let atPeer = await self.crowd.connectedCount(.peer)
        return "\(connected) of \(self.crowd.memberCount(.relay)) at the relay, \(self.counters[.connected]) of "
            + "\(self.plan.victims.count) of the other process, "
            + "\(atPeer) of \(self.crowd.memberCount(.peer)) at the mesh peer"
    }

    /// How many clients may be away because they come and go.
    private var awayCount: Int { max(self.settings.clients / 500 * 6, 10) }

    func finish() async throws {
        Terminal.tell("the end…")
        if self.outlawsAreDenied { try await self.changeLists() }
        await self.crowd.forEachPart {
            $0.isChurning = false
            $0.floodEnd = 0
        }
        let isFull = await self.wait(40) { await self.isFull(0) }
        self.add(SoakCheck("all clients are there at the end", await self.attendance(), isFull))
        self.current.loaded = self.relay.use
        await self.crowd.forEachPart { $0.isSending = false }
        _ = await self.wait(30) { await self.crowd.isConfirmed }
        var isQuiet = false
        for _ in 0..<30 where !isQuiet {
            let before = self.current.account
            try await Task.sleep(for: .seconds(1))
            isQuiet = try await ServerAccount(self.readMetrics()) == before
        }
        self.add(SoakCheck("the relay becomes quiet", isQuiet ? "yes" : "no", isQuiet))
        // Packets that the relay sent may still be in the kernel.
        try await Task.sleep(for: .seconds(1))
        self.balance(await self.crowd.account())
        try await self.leave()
        try await self.stop()
    }

    private func leave() async throws {
        await self.victims?.kill()
        self.victims = nil
        await self.crowd.forEachPart { $0.leave() }
        let begin = cload_now()
        let isBack = try await self.wait(90) {
            self.raisedGauges(try await self.readMetrics()).isEmpty
                && self.current.last.descriptors <= self.baseline.descriptors
                && self.isMemoryBack(self.current.last)
        }
        let seconds = Double(cload_now() - begin) / 1e9
        let (last, page) = (self.current.last, self.current.page)
        self.add(
            SoakCheck(
                "descriptors are what they were before the first client, at most",
                "\(self.baseline.descriptors) before, \(self.current.loaded.descriptors) with everybody, "
                    + "\(last.descriptors) after",
                last.descriptors <= self.baseline.descriptors
            )
        )
        self.add(
            SoakCheck(
                "resident memory is what it was, and \(Self.memoryTolerance / 1_000_000) MB at most",
                "\(Self.megabytes(self.baseline.memory)) before, \(Self.megabytes(self.current.loaded.memory)) with "
                    + "everybody, \(Self.megabytes(last.memory)) MB after",
                self.isMemoryBack(last)
            )
        )
        self.compareProcesses()
        let gauges = self.raisedGauges(page)
        let names = gauges.map { "\($0) \(self.baselinePage.sum($0)) → \(page.sum($0))" }.joined(separator: ", ")
        self.add(SoakCheck("gauges are what they were", gauges.isEmpty ? "all" : names, gauges.isEmpty))
        Terminal.tell("  everybody left; everything \(isBack ? "is" : "is not") back after \(Int(seconds)) s")
    }

    /// Returns the gauges that are higher than before the first client.
    private func raisedGauges(_ page: MetricsPage) -> [String] {
        [
            "derp_connections", "derp_clients", "derp_duplicate_client_keys", "derp_home_clients", "derp_refused_held",
            "derp_stranger_waiting", "derp_mesh_remote_clients", "derp_mesh_watchers",
        ].filter { page.sum($0) > self.baselinePage.sum($0) }
    }

    /// Compares the relay's processes with each other: nothing grows from one to the next.
    private func compareProcesses() {
        let loaded = (self.ended + [self.current]).map(\.loaded.memory)
        let (first, most) = (loaded.first ?? 0, loaded.max() ?? 0)
        self.add(
            SoakCheck(
                "with everybody, no process has more memory than the first one and a quarter of it",
                loaded.map(Self.megabytes).joined(separator: ", ") + " MB",
                most <= first + first / 4
            )
        )
        let extra = self.ended.map { Int64($0.last.descriptors) - Int64($0.clients) - Int64(self.baseline.descriptors) }
        self.add(
            SoakCheck(
                "at the end of a takeover, a process has the descriptors that it began with, one for each client, and "
                    + "\(Self.takeoverDescriptors) at most for the takeover",
                extra.map { "\($0)" }.joined(separator: ", "),
                extra.allSatisfy { $0 <= Self.takeoverDescriptors }
            )
        )
    }

    /// Both links to the successor, its channel, and connections that are on their way out.
    private static let takeoverDescriptors: Int64 = 8

    /// How much more memory may be resident afterwards, in bytes.
    static let memoryTolerance: UInt64 = 16_000_000

    private func isMemoryBack(_ use: ServerUse) -> Bool { use.memory <= self.baseline.memory + Self.memoryTolerance }

    static func megabytes(_ bytes: UInt64) -> String { "\((Double(bytes) / 1e5).rounded() / 10)" }

    private func stop() async throws {
        self.relay.signal(SIGTERM)
        self.current.status = await self.relay.status(within: 10)
        self.ended.append(self.current)
        self.log += ServerLog(TextFile.read(self.relay.log))
        self.peer.signal(SIGTERM)
        let status = await self.peer.status(within: 10)
        self.peerLog += ServerLog(TextFile.read(self.peer.log))
        let statuses = self.ended.map { $0.status.map { "\($0)" } ?? "none" }
        self.add(
            SoakCheck(
                "every server ends with 0 when it is taken over or told to",
                "relays \(statuses.joined(separator: ", ")); peer \(status.map { "\($0)" } ?? "none")",
                statuses.allSatisfy { $0 == "0" } && status == 0
            )
        )
    }

    /// Ends everything that still runs, and removes the files.
    func cleanUp() async {
        await self.crowd.forEachPart { $0.stop() }
        for process in [self.relay, self.peer, self.victims] { await process?.kill() }
        self.files.remove()
    }
}

// MARK: What is done to the servers

extension SoakRun {
    private func startVictims() throws {
        self.starts.victims += 1
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "derp-soak"
        let directory = self.files.directory
        self.victims = try SoakProcess(
            "'\(program)' victims '\(self.field.relayURL)' victims counters",
            in: directory,
            log: "\(directory)/victims-\(self.starts.victims).log"
        )
    }

    func killVictims() async throws {
        await self.victims?.kill()
        try await Task.sleep(for: .milliseconds(500))
        try self.startVictims()
        self.deeds.victimKills += 1
    }

    func killPeer() async throws {
        await self.crowd.forEachPart { $0.isPeerServing = false }
        await self.peer.kill()
        self.peerLog += ServerLog(TextFile.read(self.peer.log))
        try await Task.sleep(for: .seconds(1))
        self.starts.peer += 1
        self.peer = try self.field.startPeer(self.starts.peer)
        self.deeds.peerKills += 1
        let isBack = await self.wait(20) {
            guard await self.crowd.connectedCount(.peer) + 5 >= self.crowd.memberCount(.peer) else { return false }
            return (try? await self.readMetrics().value("derp_mesh_links{state=\"up\"}")) == 1
        }
        let failure = isBack ? nil : "not after kill \(self.deeds.peerKills)"
        self.note("a killed mesh peer is found again within 20 s", failure)
        await self.crowd.forEachPart { $0.isPeerServing = true }
    }

    func hangUp() {
        self.relay.signal(SIGHUP)
        self.deeds.hangups += 1
    }

    func replaceCertificate() async throws {
        try self.files.replaceCertificate()
        self.deeds.certificates += 1
        if self.deeds.certificates.isMultiple(of: 2) { self.hangUp() }
        let isShown = await self.wait(10) { ShownCertificate.serial(port: self.field.relayPort) == self.files.serial }
        let failure = isShown ? nil : "not number \(self.files.serial)"
        self.note("a new connection is shown a new certificate within 10 s", failure)
    }

    func changeLists() async throws {
        self.outlawsAreDenied.toggle()
        try self.files.writeDenyList(self.outlawsAreDenied ? self.outlaws : [])
        self.deeds.listChanges += 1
        if self.deeds.listChanges % 4 > 1 { self.hangUp() }
        let count = self.outlaws.count
        let isDone = await self.wait(25) {
            let state = await self.crowd.outlaws()
            return (self.outlawsAreDenied ? state.held : state.connected) == count
        }
        let state = await self.crowd.outlaws()
        self.note(
            "a list that changes takes effect within 25 s",
            isDone ? nil : "\(self.outlawsAreDenied ? "denied" : "allowed"): \(state)"
        )
    }

    func changeRates() async throws {
        try self.files.replaceRates()
        self.deeds.rateChanges += 1
        if self.deeds.rateChanges.isMultiple(of: 2) { self.hangUp() }
    }

    func flood() async {
        let end = cload_now() + UInt64.random(in: 2_000_000_000...4_000_000_000)
        await self.crowd.forEachPart { $0.floodEnd = end }
        self.deeds.floods += 1
    }

    func slowDown() async {
        await self.crowd.forEachPart { $0.slowDown() }
        self.deeds.slowDowns += 1
    }

    func takeOver() async throws {
        let reader = try await MetricsReader.connect(to: self.target, on: self.loop)
        self.take(try await reader.read())
        self.current.loaded = self.relay.use
        await self.crowd.forEachPart { $0.isDismissing = true }
        let begin = cload_now()
        let old = self.relay
        self.starts.relay += 1
        let new = try self.field.startRelay(self.starts.relay)
        var written = await self.crowd.writtenCount()
        var isReading = true
        self.current.status = await old.status(within: Double(self.settings.drainSeconds) + 45) {
            let before = await self.crowd.writtenCount()
            guard isReading, let page = try? await reader.read() else {
                isReading = false
                return
            }
            written = before
            self.take(page)
        }
        self.current.endSeconds = Double(cload_now() - begin) / 1e9
        await reader.close()
        self.current.unseen = await self.crowd.writtenCount() - written
        let end = self.current.status.map { "with \($0)" } ?? "it still runs"
        self.note("a relay that is taken over ends by itself, with 0", self.current.status == 0 ? nil : end)
        if self.current.status == nil { await old.kill() }
        self.log += ServerLog(TextFile.read(old.log))
        let isFull = await self.wait(60) { await self.isFull(self.awayCount) }
        let seconds = Double(cload_now() - begin) / 1e9
        self.current.returnSeconds = isFull ? seconds : nil
        let attendance = isFull ? nil : await self.attendance()
        self.note("all clients come back within 60 s after a takeover", attendance)
        self.ended.append(self.current)
        self.relay = new
        self.current = RelayProcessRecord(self.starts.relay)
        let sockets = try await self.readMetrics().value("derp_takeover_inherited_sockets")
        self.note("a new relay inherits the sockets", sockets > 0 ? nil : "not the \(self.starts.relay)th")
        try await Task.sleep(for: .seconds(1))
        await self.crowd.forEachPart { $0.isDismissing = false }
        self.deeds.takeovers += 1
    }
}
