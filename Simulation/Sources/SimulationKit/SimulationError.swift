enum SimulationError: Error {
    /// Something that every simulation needs can't be made.
    case setUp
}
