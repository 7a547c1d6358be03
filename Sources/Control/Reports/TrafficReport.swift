/// Counts of datagrams and bytes in each direction. Bytes include headers.
public struct TrafficReport: Report {
    public var datagramsIn: UInt64 = 0
    public var bytesIn: UInt64 = 0
    public var datagramsOut: UInt64 = 0
    public var bytesOut: UInt64 = 0

    public init() {}

    public static let members: [ReportMember<Self>] = [
        ReportMember("datagrams_in", \.datagramsIn),
        ReportMember("bytes_in", \.bytesIn),
        ReportMember("datagrams_out", \.datagramsOut),
        ReportMember("bytes_out", \.bytesOut),
    ]

    /// The traffic since `earlier`, a report of the same source. A count that is lower than before has restarted from
    /// zero.
    public func since(_ earlier: TrafficReport) -> TrafficReport {
        var difference = TrafficReport()
        for path in Self.counts {
            let (before, now) = (earlier[keyPath: path], self[keyPath: path])
            difference[keyPath: path] = now >= before ? now - before : now
        }
        return difference
    }

    private static let counts: [WritableKeyPath<TrafficReport, UInt64> & Sendable] = [
        \.datagramsIn, \.bytesIn, \.datagramsOut, \.bytesOut,
    ]
}
