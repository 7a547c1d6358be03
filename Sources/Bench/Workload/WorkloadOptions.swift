import Wire

/// What a user asks for. nil is what fits the server best, or no end.
public struct WorkloadOptions: Sendable, Equatable {
    /// What carries the datagrams.
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
    /// The first so many connections publish; nil: all of them where datagrams are echoed, otherwise up to 10.
    public var publishers: Int?
    /// Datagrams of one publisher that may be in flight at one time; nil without a rate: 1 where datagrams are echoed,
    /// otherwise 16.
    public var window: Int?
    /// Datagrams a second of each publisher; nil: as fast as the window allows.
    public var rate: Double?
    /// Bytes of each payload.
    public var payloadBytes = 64
    /// What each payload begins with, little-endian in 2 bytes: a server that looks at one byte finds it in the first.
    public var messageType = 1
    /// The time at the beginning that is not measured; nil: a second, or zero with a count.
    public var warmUp: Duration?
    /// The time that is measured; nil: 5 seconds, or with a count no end.
    public var duration: Duration?
    /// Datagrams that are published, by all publishers together; nil: no end.
    public var count: Int?
    /// nil: the server is asked first.
    public var reach: Reach?

    public init() {}
}

extension WorkloadOptions {
    /// The longest payload that is taken over TCP, in bytes, whatever the header can say.
    static let payloadBytesMax = 16 * 1024 * 1024
    /// What all of a publisher's window may take, in bytes: it may have to wait in memory.
    static let windowBytesMax = 16 * 1024 * 1024
    /// Datagrams a second of each publisher.
    static let rateMax = 1_000_000.0
    /// Of the warm-up and the measurement.
    static let durationMax = Duration.seconds(86_400)
    /// Descriptors are numbered in 31 bits.
    static let connectionsMax = 2_147_483_647
    /// Publishers times connections: each pair has a sequence of its own to check, in 16 bytes.
    static let sequencesMax = 16 * 1024 * 1024

    /// The time at the beginning that is not measured.
    var warmUpTime: Duration { self.warmUp ?? (self.count == nil ? .seconds(1) : .zero) }

    /// The time that is measured; nil: until the count is reached.
    var measuredTime: Duration? { self.duration ?? (self.count == nil ? .seconds(5) : nil) }

    /// The workload for a server that does this with the datagrams.
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

/// What is run: nothing in it is open any more.
public struct Workload: Sendable, Equatable {
    /// What decides when a publisher publishes.
    public enum Pace: Sendable, Equatable {
        /// Whenever fewer than so many of its datagrams are in flight.
        case window(Int)
        /// So many times a second, whatever comes back.
        case rate(Double)
    }

    public let options: WorkloadOptions
    public let reach: Reach
    public let publishers: Int
    public let pace: Pace

    /// Deliveries that each published datagram should lead to.
    var receivers: Int { self.reach.receivers(among: self.options.connections) }
}
