import DERPKit

extension Attack {
    static let stalledLog = Attack(
        "log-stalled",
        .machine,
        "the log is a pipe that nobody reads, and 4 clients log in and leave without end; each is a line at debug",
        settings: ServerSettings(flags: ["--log-level", "debug"], log: .stalledPipe)
    ) { field in
        Self.comeAndGo(field)
    }

    static let fullDisk = Attack(
        "disk-full",
        .machine,
        "the log and the maps' cache are on a disk that is full, and 4 clients log in and leave without end",
        settings: ServerSettings(
            flags: [
                "--log-level", "debug", "--map-cache", "{dir}/full/maps", "--map-url",
                "http://127.0.0.1:{side-port}/map",
                "--map-update", "1s",
            ],
            log: .fullDisk
        ),
        prepare: { field in
            let count = Counter()
            try HostileServer.start(field) { wire in
                guard HostileServer.request(on: wire) != nil else { return }
                _ = wire.send(HostileServer.response("{\"Regions\":{},\"x\":\(count.next())}"))
            }
        },
        play: { Self.comeAndGo($0) }
    )

    private static func comeAndGo(_ field: Field) {
        Crew.run(4) { index in
            while !field.isOver { RelayClient(field, from: .many(index))?.channel.close() }
        }
    }

    static let fewDescriptors = Attack(
        "descriptors",
        .machine,
        "the server may have 64 descriptors, and 256 connections say nothing",
        settings: ServerSettings(shell: "ulimit -n 64"),
        leastSeconds: 10
    ) { field in
        Self.holdPlaces(field, count: 256) { _ in [] }
    }

    static let littleMemory = Attack(
        "memory",
        .machine,
        "the server's address space may grow by little, and 1,500 clients that don't read are sent all they are",
        settings: ServerSettings(shell: "ulimit -v 750000"),
        newcomersMayFail: "there is no memory for them",
        leastSeconds: 10
    ) { field in
        var readers: [RelayClient] = []
        while readers.count < 1500, !field.isOver {
            guard let reader = RelayClient(field, from: .many(readers.count), receiveBuffer: 2048, patience: 1) else {
                break
            }
            readers.append(reader)
        }
        field.costs.note("\(readers.count) of 1500 clients were let in")
        guard !readers.isEmpty, let sender = RelayClient(field, from: .one) else { return field.sleepUntilOver() }
        let content = [UInt8](repeating: 7, count: 60_000)
        while !field.isOver {
            for reader in readers where !field.isOver {
                guard sender.channel.send(RelayClient.packet(to: reader.key, content)) else {
                    return field.sleepUntilOver()
                }
            }
        }
        withExtendedLifetime(readers) {}
    }
}
