import Control
import Engine
import Relay

/// Every section and key that a file may have, each named once; what is not here is an error.
///
/// A new key is a line here and a property in `Configuration.swift`. What holds between several keys is in
/// `ConfigurationRules`. A reload changes every key but those marked `afterRestart`.
enum ConfigurationSchema {
    /// In the order of the dump.
    static let sections: [SettingSection] = [
        SettingSection("listener", \.listeners, blank: ListenerSettings(), Self.listener),
        SettingSection("relay", \.relay, Self.relay),
        SettingSection("route", \.routes, blank: RouteSettings(types: [], handler: ""), Self.route),
        SettingSection("limits", \.limits, Self.limits),
        SettingSection("access", \.access, Self.access),
        SettingSection("server", \.server, Self.server),
        SettingSection("control", \.control, Self.control),
        SettingSection("log", \.log, Self.log),
    ]

    static let listener: [SettingKey<ListenerSettings>] = [
        SettingKey("name", \.name, .name, "What logs call this listener"),
        SettingKey("transport", \.transport, .choice, "How datagrams travel"),
        SettingKey("address", \.address, .listenAddress, "Where to listen, \"*\" being every interface"),
        SettingKey("ipv6_only", \.isIPv6Only, .boolean, "Whether an IPv6 address or \"*\" leaves IPv4 out"),
        SettingKey("port", \.port, .integer(0...65_535), "Port to listen on, 0 being any free one"),
        SettingKey("backlog", \.backlog, .integer(1...65_535), "Connections that may wait to be accepted").only(.tcp),
        SettingKey("header_size", \.header, .choice, "Bytes of length before each payload, as the peers have it")
            .only(.tcp),
        SettingKey(
            "receive_buffer",
            \.receiveBuffer,
            .integer(4096...1_073_741_824, orZeroFor: "the system's"),
            "Bytes of datagrams that the kernel holds until they are read"
        ).only(.udp),
    ]

    static let relay: [SettingKey<RelaySettings>] = [
        SettingKey("message_type", \.messageType, .choice, "The number that a payload begins with"),
        SettingKey("default", \.defaultHandler, handler, "Handler of what no route names"),
        SettingKey("include_sender", \.includeSender, .boolean, "Whether a broadcast reaches its sender too"),
        SettingKey(
            "coalesce",
            \.coalesce,
            .duration(.zero ... .seconds(1)),
            "How long a broadcast may wait for others to go with it"
        ),
    ]

    static let route: [SettingKey<RouteSettings>] = [
        SettingKey("types", \.types, listOf: .messageTypes, isRequired: true, "Message types that take this route"),
        SettingKey("handler", \.handler, handler, isRequired: true, "Handler of these types"),
        SettingKey("include_sender", \.includeSender, .optionalBoolean, "For a broadcast, in place of that in [relay]"),
    ]

    static let limits: [SettingKey<LimitSettings>] = [
        // Descriptors are numbered in 31 bits.
        SettingKey("connections", \.connections, .limit(1...2_147_483_647), "Connections at a time"),
        SettingKey(
            "connections_per_address",
            \.connectionsPerAddress,
            .limit(1...2_147_483_647),
            "Connections at a time from one IPv4 address or one /64 of IPv6"
        ),
        SettingKey(
            "accepts_per_second_per_address",
            \.acceptsPerSecondPerAddress,
            .limit(1...1_000_000),
            "Connections that one IPv4 address or one /64 of IPv6 may open in a second"
        ),
        SettingKey("datagram_bytes", \.datagramBytes, .integer(1...16_777_216), "Longest payload taken, in bytes"),
        SettingKey(
            "datagrams_per_second",
            \.datagramsPerSecond,
            .limit(1...1_000_000_000),
            "Datagrams from one connection in a second"
        ),
        SettingKey(
            "bytes_per_second",
            \.bytesPerSecond,
            .limit(1...1_000_000_000),
            "Bytes from one connection in a second"
        ),
        SettingKey(
            "broadcast_bytes_per_second",
            \.broadcastBytesPerSecond,
            .limit(1...1_000_000_000),
            "Bytes in a second that the broadcasts of one connection come to, over all that get them"
        ),
        SettingKey(
            "throttle_age",
            \.throttleAge,
            Self.timeout,
            "How long a rate may delay data that came over TCP, \"0s\" being no limit"
        ),
        SettingKey("pending_bytes", \.pendingBytes, .limit(1...1_073_741_824), "Bytes that wait for one connection"),
        SettingKey(
            "pending_datagrams",
            \.pendingDatagrams,
            .limit(1...1_073_741_824),
            "Datagrams that wait for one connection"
        ),
        SettingKey("pending_age", \.pendingAge, Self.timeout, "How long a byte may wait, \"0s\" being no limit"),
        SettingKey(
            "pending_bytes_total",
            \.pendingBytesTotal,
            .limit(1...1_099_511_627_776),
            "Bytes that wait for all connections"
        ),
        SettingKey("slow_consumer", \.slowConsumer, .choice, "What happens when more would wait than may"),
        SettingKey(
            "unfinished_bytes_total",
            \.unfinishedBytesTotal,
            .limit(1...1_099_511_627_776),
            "Bytes that all connections hold of datagrams that have not come whole"
        ),
        SettingKey(
            "frame_timeout",
            \.frameTimeout,
            Self.timeout,
            "How long a datagram may take to come over TCP, \"0s\" being no limit"
        ),
        SettingKey(
            "idle_timeout",
            \.idleTimeout,
            Self.timeout,
            "How long nothing may come, \"0s\" being no limit over TCP and"
                + " \(LimitSettings.udpIdleTimeoutDefault.text.quoted) over UDP"
        ),
        SettingKey(
            "keep_alive",
            \.keepAlive,
            .secondsOrOff(.seconds(1) ... .seconds(3600)),
            "After how long without an answer a peer over TCP is probed, \"0s\" being never"
        ),
        SettingKey("udp_proof", \.udpProof, .choice, "What proves a port that sends over UDP"),
        SettingKey(
            "udp_unproven_connections",
            \.udpUnprovenConnections,
            .limit(1...2_147_483_647),
            "Connections at a time over UDP from ports that are not proven"
        ),
        SettingKey(
            "udp_ports_per_connection",
            \.udpPortsPerConnection,
            .integer(1...1000),
            "Ports over UDP that each TCP connection of an address proves"
        ),
        SettingKey(
            "udp_unproven_answers_per_second",
            \.udpUnprovenAnswersPerSecond,
            .limit(1...1_000_000),
            "Datagrams in a second to the ports of an address that are not proven"
        ),
    ]

    static let access: [SettingKey<AccessSettings>] = [
        SettingKey("allow", \.allow, listOf: .network, canBeEmpty: true, "Addresses that may connect, all when empty"),
        SettingKey("deny", \.deny, listOf: .network, canBeEmpty: true, "Addresses that may not, also where allowed"),
    ]

    static let server: [SettingKey<ServerSettings>] = [
        SettingKey("event_loops", \.eventLoops, .integer(0...1024), "Event loops, 0 being one per core").afterRestart,
        SettingKey("drain", \.drain, .duration(.zero ... .seconds(3600)), "How long a shutdown sends what is queued"),
    ]

    static let control: [SettingKey<ControlSettings>] = [
        SettingKey("socket", \.socket, .socketPath, "Unix socket at which lobbyctl asks, \"\" being none")
            .afterRestart
    ]

    static let log: [SettingKey<LogSettings>] = [
        SettingKey("level", \.level, .choice, "The least level that is logged"),
        SettingKey("format", \.format, .choice, "How log lines leave the process").afterRestart,
    ]

    private static let timeout = ValueKind.duration(.zero ... .seconds(86_400))

    private static let handler = ValueKind.choice(of: DatagramHandlers.all.map { $0.name })
}
