/// Why a rendezvous socket accepts nobody for now: each reason comes and goes by itself, and while there is one, clients wait
/// with the system.
struct AcceptPauses: OptionSet, Sendable {
    let rawValue: UInt8

    /// The program does not want anyone yet, or any more.
    static let held = Self(rawValue: 1)
    /// `Limits.connections` are there.
    static let full = Self(rawValue: 2)
    /// The system has no descriptors or no memory for another.
    static let exhausted = Self(rawValue: 4)
}
