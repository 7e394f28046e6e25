/// How often each thing was done.
struct SoakDeeds: Hashable, Sendable {
    var takeovers = 0
    var certificates = 0
    var listChanges = 0
    var rateChanges = 0
    var hangups = 0
    var peerKills = 0
    var victimKills = 0
    var floods = 0
    var slowDowns = 0
}
