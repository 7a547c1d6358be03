import Wire

/// The user's options. nil selects a default that fits the server's route, or no limit.
public struct WorkloadOptions: Sendable, Equatable {
    /// The transport of the datagrams.
    public enum Transport: Sendable, Equatable {
        /// `.two` or `.four`.
        case tcp(Framing)
        case udp
    }

    /// A name or a literal address.
    public var host = "localhost"
    public var port = 9099
    public var transport = Transport.tcp(.two)
    public var connections = 50
    /// The number of connections that publish, from the first one on. nil: all when the server echoes, otherwise up to
    /// 10.
    public var publishers: Int?
    /// The most datagrams in flight for each publisher. nil without a rate: 1 when the server echoes, otherwise 16.
    public var window: Int?
    /// Datagrams per second of each publisher. nil: as fast as the window allows.
    public var rate: Double?
    /// Bytes of each payload.
    public var payloadBytes = 64
    /// The beginning of each payload: 2 bytes, little-endian. A server with one-byte types finds the type in the first
    /// byte.
    public var messageType = 1
    /// The time before the measurement. nil: a second, or zero with a count.
    public var warmUp: Duration?
    /// The length of the measurement. nil: 5 seconds, or no limit with a count.
    public var duration: Duration?
    /// The number of datagrams to publish, over all publishers. nil: no limit.
    public var count: Int?
    /// The expected receivers. nil: the server is surveyed first.
    public var reach: Reach?

    public init() {}
}

extension WorkloadOptions {
    /// The longest payload over TCP in bytes, even if the header allows more.
    static let payloadBytesMax = 16 * 1024 * 1024
    /// The limit on a publisher's window in bytes. The whole window may have to be queued in memory.
    static let windowBytesMax = 16 * 1024 * 1024
    /// The highest rate in datagrams per second of each publisher.
    static let rateMax = 1_000_000.0
    /// The longest warm-up and the longest measurement.
    static let durationMax = Duration.seconds(86_400)
    /// File descriptors are 31-bit numbers.
    static let connectionsMax = 2_147_483_647
    /// The limit on publishers times connections. Each pair needs 16 bytes to check its sequence.
    static let sequencesMax = 16 * 1024 * 1024

    /// The time before the measurement.
    var warmUpTime: Duration { self.warmUp ?? (self.count == nil ? .seconds(1) : .zero) }

    /// The length of the measurement; nil: until the count is reached.
    var measuredTime: Duration? { self.duration ?? (self.count == nil ? .seconds(5) : nil) }

    /// The workload for a server that sends datagrams to these receivers.
    public func workload(_ reach: Reach) -> Workload {
        let isEcho = reach == .echo
        return Workload(
            options: self,
            reach: reach,
            publishers: self.publishers ?? (isEcho ? self.connections : min(self.connections, 10)),
            pace: self.rate.map { .rate($0) } ?? .window(self.window ?? (isEcho ? 1 : 16))
        )
    }
}

/// A workload with all choices made.
public struct Workload: Sendable, Equatable {
    /// The pace of a publisher.
    public enum Pace: Sendable, Equatable {
        /// Publish whenever fewer than this number of its datagrams are in flight.
        case window(Int)
        /// Publish this many datagrams per second, regardless of the arrivals.
        case rate(Double)
    }

    public let options: WorkloadOptions
    public let reach: Reach
    public let publishers: Int
    public let pace: Pace

    /// The number of deliveries that each published datagram should cause.
    var receivers: Int { self.reach.receivers(among: self.options.connections) }
}
