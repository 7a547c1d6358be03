import Synchronization

/// Counts of the datagrams that UDP sockets dropped: received datagrams, and datagrams to be sent.
public struct UDPCounts: Sendable, Equatable {
    /// Received and dropped: the checksum in the header does not match the payload.
    public var checksumFailures: UInt64 = 0
    /// Received and dropped: shorter than the header or, on a raw socket, empty.
    public var runts: UInt64 = 0
    /// Received and dropped: the payload exceeds the limit, which is `UDPHeader.payloadBytesMax` or less.
    public var oversized: UInt64 = 0
    /// Received and dropped: no answer can reach the source address, or the source is a socket of this program.
    public var unanswerable: UInt64 = 0
    /// Received and dropped: the source has no connection, and no connection is opened for it.
    ///
    /// The listener is closed or accepts no clients, or the new connection was closed as soon as it was opened.
    public var unadmitted: UInt64 = 0
    /// Dropped by the kernel before they were read: the socket's receive buffer was full.
    public var kernelDrops: UInt64 = 0
    /// Not sent: they would have exceeded the limits for unproven ports, or they belong to an echo loop.
    ///
    /// The unproven ports of an address get no more bytes and datagrams than came from them, and no more datagrams than
    /// a rate permits.
    public var withheld: UInt64 = 0
    /// Not sent: the system had no room for them, or rejected the address.
    public var unsent: UInt64 = 0
    /// How many times an error closed a socket and the engine bound it again.
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

/// The running counts of one socket, except the kernel's drops. Any thread, lock-free.
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
