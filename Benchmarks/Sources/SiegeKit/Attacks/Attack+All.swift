extension Attack {
    /// All attacks, in the order in which they run.
    public static let all: [Attack] =
        Self.ofTLS + Self.ofPlaces + Self.ofHTTP + Self.ofLogins + Self.ofDatagrams + Self.ofClients + Self.ofMeshPeers
        + Self.ofServers + Self.ofMachine

    private static let ofTLS: [Attack] = [
        .ffdhe8, .ffdhe100, .ffdhe, .x25519, .p256, .helloRetry, .handshakes, .handshakes12, .renegotiation, .keyUpdate,
        .garbage,
    ]

    private static let ofPlaces: [Attack] = [
        .halfOpen, .halfOpenMany, .churn, .keepAlive, .dribblePROXY, .dribbleTLS, .dribbleHTTP, .dribbleLogin,
    ]

    private static let ofHTTP: [Attack] = [
        .pipelining, .pipelining4, .plainHTTP, .requests, .headers, .webSockets, .webSocketPings, .proxyHeaders,
        .forwardedFor,
    ]

    private static let ofLogins: [Attack] = [
        .clientInfos, .deepJSON, .manyMembers, .badBoxes, .logins, .refused, .failOpen,
    ]

    private static let ofDatagrams: [Attack] = [.stun, .stunGarbage]

    private static let ofClients: [Attack] = [
        .slowReaders, .pings, .pongs, .unknownFrames, .endlessFrame, .strangers, .tinyPackets, .disco, .largePackets,
        .duplicates, .contacts, .keyUpdateData,
    ]

    private static let ofMeshPeers: [Attack] = [
        .keepAlives, .endlessHead, .healthFrames, .linkPings, .presences, .goners, .closePeers, .forwardToNobody,
        .watchAgain, .watchUnread,
    ]

    private static let ofServers: [Attack] = [
        .mapHangs, .mapDribbles, .mapEndless, .mapDeep, .mapHuge, .mapWords, .controllerHangs, .controllerDribbles,
        .controllerEndless, .controllerLarge, .acmeHangs, .acmeEndless, .acmeWords,
    ]

    private static let ofMachine: [Attack] = [.stalledLog, .fullDisk, .fewDescriptors, .littleMemory]
}
