import CSimulatedSystem
import DERPKit
import Stories

// What relays ask of others.
extension Simulation {
    /// Somebody connected to a scripted service.
    func accepted(_ number: UInt64) {
        var address: UInt32 = 0
        var port: UInt16 = 0
        csim_own_address(number, &address, &port)
        switch address {
        case Address.maps: self.others[number] = self.maps.map { HTTPServiceEnd(number, $0) }
        case Address.controller: self.others[number] = self.controller.map { HTTPServiceEnd(number, $0) }
        default: self.others[number] = HostileNode(number, self.hostileKeys)
        }
    }

    func startServices() {
        let features = self.story.features
        csim_name("maps.simulated", Address.maps)
        csim_name("controller.simulated", Address.controller)
        if features.contains(.maps) {
            self.maps = HTTPService(at: Address.maps, timers: self.timers) { [unowned self] _ in
                Self.map(region: 900, code: "g\(self.mapNumber)")
            }
        }
        if features.contains(.controller) {
            self.controller = HTTPService(at: Address.controller, timers: self.timers) { [unowned self] question in
                let text = String(decoding: question, as: UTF8.self)
                let isDenied = self.controllerDenies.contains { client, since in
                    since != nil && text.contains(self.keyTexts[client])
                }
                return Array(#"{"Allow":\#(!isDenied)}"#.utf8)
            }
        }
        if features.contains(.hostileNodes) {
            csim_serve(Address.hostileNode, Address.port, csim_path(latency: 3_000_000, window: 65_536, rate: 0))
        }
        for kind in Story.FileKind.allCases { self.write(kind) }
    }

    static func map(region: Int, code: String) -> [UInt8] {
        let node = #"{"Name":"\#(region)a","RegionID":\#(region),"HostName":"\#(code).example.com"}"#
        return Array(
            #"{"Regions":{"\#(region)":{"RegionID":\#(region),"RegionCode":"\#(code)","RegionName":"R","Nodes":[\#(node)]}}}"#
                .utf8
        )
    }

    // MARK: Files

    func write(_ kind: Story.FileKind, isWhole: Bool = true) {
        let bytes: [UInt8]
        switch kind {
        case .denyList:
            let keys = self.listedSince.indices.filter { self.listedSince[$0] != nil }.map { self.keyTexts[$0] }
            bytes = Array((["# refused"] + keys).joined(separator: "\n").utf8)
        case .map: bytes = Self.map(region: 901, code: "file")
        case .rates:
            let rate = self.rate
            bytes = Array(
                #"{"PerClientRateLimitBytesPerSec":\#(rate),"PerClientRateBurstBytes":\#(max(rate, 131_072))}"#.utf8
            )
        }
        // Half a line can't be read.
        let written = isWhole ? bytes : Array("nodekey:12 {".utf8) + bytes.prefix(bytes.count / 2)
        if isWhole, self.areBroken[kind] == true { self.mendedTimes[kind] = csim_now() }
        if !isWhole, self.areBroken[kind] != true { self.brokenTimes[kind] = csim_now() }
        self.areBroken[kind] = !isWhole
        written.withUnsafeBytes { csim_write_file(kind.path, $0.baseAddress, $0.count) }
    }

    /// Whether a process may have read a broken file a moment ago.
    var isAnyFileBroken: Bool {
        self.areBroken.values.contains(true) || self.mendedTimes.values.contains { csim_now() - $0 < 2_000_000_000 }
    }

    func list(_ client: Int, _ isListed: Bool) {
        self.listedSince[client] = isListed ? csim_now() : nil
        if self.areBroken[.denyList] != true { self.write(.denyList) }
    }

    /// How long it may take until a list that has changed is in force.
    private static let longestToRead: UInt64 = 14_000_000_000

    /// A client is in. It must not be, if it was refused long enough before it came.
    func checkAdmitted(_ connection: Connection) {
        let client = connection.client
        let listed = self.listedSince[client].map { max($0, self.mendedTimes[.denyList] ?? 0) }
        // A list that breaks stays in force as it was.
        let isListKnown =
            self.areBroken[.denyList] != true
            || listed.map { $0 + Self.longestToRead < self.brokenTimes[.denyList] ?? 0 } ?? false
        // The list is looked at once a second, and read at the tenth look at the latest. The controller's last answer holds for 2 s, and may be 8 s late.
        let rules: [(name: String, since: UInt64?, delay: UInt64)] = [
            ("the verifier", self.deniedSince[client], 0),
            ("the list", isListKnown ? listed : nil, Self.longestToRead),
            ("the controller", self.controllerDenies[client] ?? nil, 11_000_000_000),
        ]
        for (name, since, delay) in rules {
            guard let since, since + delay < connection.opened else { continue }
            self.ledger.violated("client \(client) was admitted, but \(name) denies it since \(since / 1_000_000) ms")
        }
    }

    // MARK: The map

    /// Fetches the map from a relay, and checks it.
    func fetchMap(from index: Int) {
        let relay = self.relays[index]
        guard self.story.features.contains(.maps), relay.isUp else { return }
        let path = csim_path(latency: 5_000_000, window: 65_536, rate: 0)
        let end = MapReader(csim_connect(Address.client(60_001), relay.address, Address.port, path)) { [unowned self] in
            self.check($0, from: relay)
        }
        self.others[end.number] = end
    }

    private func check(_ answer: String, from relay: SimulatedRelay) {
        self.log.add("map of relay \(relay.index): \(answer)")
        // It may be too busy, or going away.
        guard answer.hasPrefix("HTTP/1.1 200 ") else { return }
        if !answer.contains(#""RegionCode":"file""#) {
            self.ledger.violated("relay \(relay.index) serves a map without the region of its file")
        }
        let parts = answer.components(after: #""RegionCode":"g"#)
        guard let number = parts.flatMap({ Int($0) }) else {
            if self.isMapSettled {
                self.ledger.violated("relay \(relay.index) serves a map without its source's region")
            }
            return
        }
        if number > self.mapNumber || self.isMapSettled && number < self.mapNumber {
            self.ledger.violated("relay \(relay.index) serves the map \(number), where \(self.mapNumber) is the newest")
        }
    }
}

extension Story.FileKind {
    var path: String { "/simulated/\(self)" }
}

extension String {
    /// The digits after `text`.
    fileprivate func components(after text: String) -> String? {
        let (bytes, wanted) = (Array(self.utf8), Array(text.utf8))
        return bytes.firstRange(of: wanted).map {
            String(decoding: bytes[$0.upperBound...].prefix { (48...57).contains($0) }, as: UTF8.self)
        }
    }
}

/// Reads an answer to its end.
final class MapReader: ScriptedEnd {
    private let done: (String) -> Void

    init(_ number: UInt64, done: @escaping (String) -> Void) {
        self.done = done
        super.init(number)
    }

    override func connected() {
        self.send(Array("GET /derpmap/default HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n".utf8))
    }

    override func readable() {
        self.receive()
        // The map ends so, and nothing before its end does.
        guard self.received.suffix(2) == Array("}}".utf8) || self.received.suffix(3) == Array("}}\n".utf8) else {
            return
        }
        self.done(String(decoding: self.received, as: UTF8.self))
        self.close()
    }
}
