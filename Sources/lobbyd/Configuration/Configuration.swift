import Control
import Engine
import Logging
import Relay
import Systemd
import Wire

/// What an operator can set, as values; every default is in this file and nowhere else.
///
/// A value of it may hold anything; one that came out of `ConfigurationFile` or `init(parsing:file:)` obeys the ranges of
/// `ConfigurationSchema` and the rules of `ConfigurationRules`.
struct Configuration: Sendable, Equatable {
    var listeners = [ListenerSettings()]
    var relay = RelaySettings()
    var routes: [RouteSettings] = []
    var limits = LimitSettings()
    var access = AccessSettings()
    var server = ServerSettings()
    var control = ControlSettings()
    var log = LogSettings()
}

/// A rendezvous port: `[[listener]]`.
struct ListenerSettings: Sendable, Equatable {
    /// Unique among the listeners.
    var name = "game"
    var transport = Transport.tcp
    /// `*` for every interface, IPv6 and IPv4; otherwise a literal address, a link-local one with its interface.
    var address = "*"
    /// Whether every interface is without IPv4.
    var isIPv6Only = false
    /// 0 takes any free port.
    var port = 9099
    /// Connections that the kernel holds until they are accepted. TCP only.
    var backlog = 1000
    /// TCP only.
    var header = HeaderSize.two
    /// Bytes of datagrams that the kernel holds until they are read. UDP only. 0 leaves it to the system.
    var receiveBuffer = 0
}

/// What becomes of datagrams that no route names: `[relay]`.
struct RelaySettings: Sendable, Equatable {
    var messageType = MessageType.uint8
    /// The name of one of `DatagramHandlers.all`.
    var defaultHandler = "broadcast"
    var includeSender = true
    /// How long a broadcast may wait for others, to be sent in one write with them.
    var coalesce = Duration.zero
}

/// What becomes of datagrams of certain types: `[[route]]`.
struct RouteSettings: Sendable, Equatable {
    /// Never empty, and no type in two routes.
    var types: [ClosedRange<Int>]
    /// The name of one of `DatagramHandlers.all`.
    var handler: String
    /// nil follows `[relay]`.
    var includeSender: Bool?
}

/// What a connection, and all of them together, may take: `[limits]`. nil is no limit.
struct LimitSettings: Sendable, Equatable {
    var connections: Int? = 10_000
    /// From one IPv4 address, or one /64 of IPv6.
    var connectionsPerAddress: Int?
    /// The same, in a second and at most at once.
    var acceptsPerSecondPerAddress: Int?
    /// The longest payload taken from a connection. It cannot be switched off: a header of four bytes could demand 4 GiB.
    var datagramBytes = 65_535
    /// From one connection.
    var datagramsPerSecond: Int?
    /// From one connection, framed. At least one datagram with its header.
    var bytesPerSecond: Int?
    /// What the broadcasts of one connection come to, framed, over all that get them. At least one datagram with its header.
    var broadcastBytesPerSecond: Int?
    /// How long one of these rates may delay data that came over TCP. Zero is no limit.
    var throttleAge = Duration.seconds(10)
    /// Framed bytes that wait for a connection to take them. At least one datagram with its header.
    var pendingBytes: Int? = 262_144
    var pendingDatagrams: Int? = 4096
    /// Zero is no limit.
    var pendingAge = Duration.seconds(10)
    /// Framed bytes that wait for all connections. At least one datagram with its header.
    var pendingBytesTotal: Int? = 268_435_456
    var slowConsumer = Limits.SlowConsumer.disconnect
    /// Bytes of datagrams that are not whole yet, over all connections. At least one datagram with its header.
    var unfinishedBytesTotal: Int? = 67_108_864
    /// How long a datagram may take to come over TCP. Zero is no limit.
    var frameTimeout = Duration.seconds(10)
    /// How long nothing may come from a connection. Zero is no limit over TCP; over UDP, which has no other end, it is
    /// `udpIdleTimeoutDefault`.
    var idleTimeout = Duration.zero
    /// After how long without an answer a peer over TCP is probed, in whole seconds. Zero is never.
    var keepAlive = Duration.seconds(30)
    var udpProof = UDPProof.tcp
    /// Of ports over UDP that are not proven.
    var udpUnprovenConnections: Int? = 1000
    /// Ports of an address over UDP that each of its TCP connections proves.
    var udpPortsPerConnection = 4
    /// Datagrams to the ports of an address that are not proven, in a second and at most at once.
    var udpUnprovenAnswersPerSecond: Int? = 20

    static let udpIdleTimeoutDefault = Duration.seconds(60)
}

/// From where connections are let in: `[access]`. What is denied is denied, also where it is allowed.
struct AccessSettings: Sendable, Equatable {
    /// Empty allows all.
    var allow: [IPNetwork] = []
    var deny: [IPNetwork] = []
}

/// The process: `[server]`.
struct ServerSettings: Sendable, Equatable {
    /// 0 takes one per core.
    var eventLoops = 0
    /// How long a shutdown waits for what is queued.
    var drain = Duration.seconds(5)
}

/// Where `lobbyctl` asks: `[control]`.
struct ControlSettings: Sendable, Equatable {
    /// An absolute path; empty is none.
    var socket = ControlProtocol.defaultSocketPath
}

/// What is logged, and where it goes: `[log]`.
struct LogSettings: Sendable, Equatable {
    var level = Logger.Level.info
    var format = LogFormat.auto
}
