import Synchronization

/// Datagrams that UDP sockets refused, and datagrams that they did not send.
public struct UDPCounts: Sendable, Equatable {
    /// Refused: the sum in the header is not that of the payload.
    public var checksumFailures: UInt64 = 0
    /// Refused: shorter than the header, or empty.
    public var runts: UInt64 = 0
    /// Refused: a payload over the limit, which is `UDPHeader.payloadBytesMax` or less.
    public var oversized: UInt64 = 0
    /// Refused: from an address that nothing can be sent to, or from a socket of this program itself.
    public var unanswerable: UInt64 = 0
    /// Refused: from an address that has no connection and gets none: its rendezvous is closed or held, or the connection
    /// ended as soon as it was opened.
    public var unadmitted: UInt64 = 0
    /// Lost before they were read: the kernel's buffer for the socket was full.
    public var kernelDrops: UInt64 = 0
    /// Not sent: to a port that is not proven, beyond what had come from its address or beyond a rate; or in a loop of echoes.
    public var withheld: UInt64 = 0
    /// Not sent: the system had no room, or refused the address.
    public var unsent: UInt64 = 0
    /// How often a socket was lost to an error and bound again.
    public var reopened: UInt64 = 0

    /// All zero.
    public init() {}

    /// Adds each count.
    public static func += (left: inout UDPCounts, right: UDPCounts) {
        left.checksumFailures += right.checksumFailures
        left.runts += right.runts
        left.oversized += right.oversized
        left.unanswerable += right.unanswerable
        left.unadmitted += right.unadmitted
        left.kernelDrops += right.kernelDrops
        left.withheld += right.withheld
        left.unsent += right.unsent
        left.reopened += right.reopened
    }
}

/// The counts of one socket while they grow, without the kernel's drops. Any thread, without a lock.
final class UDPTally: Sendable {
    private let checksumFailures = Atomic<UInt64>(0)
    private let runts = Atomic<UInt64>(0)
    private let oversized = Atomic<UInt64>(0)
    private let unanswerable = Atomic<UInt64>(0)
    private let unadmitted = Atomic<UInt64>(0)
    private let withheld = Atomic<UInt64>(0)
    private let unsent = Atomic<UInt64>(0)
    private let reopened = Atomic<UInt64>(0)

    enum Kind {
        case checksumFailure
        case runt
        case oversized
        case unanswerable
        case unadmitted
        case withheld
        case unsent
        case reopened
    }

    func count(_ kind: Kind, _ count: Int = 1) {
        let count = UInt64(count)
        switch kind {
        case .checksumFailure: self.checksumFailures.wrappingAdd(count, ordering: .relaxed)
        case .runt: self.runts.wrappingAdd(count, ordering: .relaxed)
        case .oversized: self.oversized.wrappingAdd(count, ordering: .relaxed)
        case .unanswerable: self.unanswerable.wrappingAdd(count, ordering: .relaxed)
        case .unadmitted: self.unadmitted.wrappingAdd(count, ordering: .relaxed)
        case .withheld: self.withheld.wrappingAdd(count, ordering: .relaxed)
        case .unsent: self.unsent.wrappingAdd(count, ordering: .relaxed)
        case .reopened: self.reopened.wrappingAdd(count, ordering: .relaxed)
        }
    }

    var counts: UDPCounts {
        var counts = UDPCounts()
        counts.checksumFailures = self.checksumFailures.load(ordering: .relaxed)
        counts.runts = self.runts.load(ordering: .relaxed)
        counts.oversized = self.oversized.load(ordering: .relaxed)
        counts.unanswerable = self.unanswerable.load(ordering: .relaxed)
        counts.unadmitted = self.unadmitted.load(ordering: .relaxed)
        counts.withheld = self.withheld.load(ordering: .relaxed)
        counts.unsent = self.unsent.load(ordering: .relaxed)
        counts.reopened = self.reopened.load(ordering: .relaxed)
        return counts
    }
}
