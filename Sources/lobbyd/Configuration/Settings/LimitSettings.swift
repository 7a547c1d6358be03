import Control
import Engine
import Wire

/// The limits on each connection, and on all connections together: `[limits]`. nil is no limit.
struct LimitSettings: Sendable, Equatable {
    var connections: Int? = 10_000
    var connectionsPerAddress: Int?
    var acceptsPerSecondPerAddress: Int?
    /// Always limited: a header of four bytes can announce 4 GiB.
    var datagramBytes = 65_535
    var datagramsPerSecond: Int?
    var bytesPerSecond: Int?
    var broadcastBytesPerSecond: Int?
    var throttleAge = Duration.seconds(10)
    var pendingBytes: Int? = 262_144
    var pendingDatagrams: Int? = 4096
    var pendingAge = Duration.seconds(10)
    var pendingBytesTotal: Int? = 268_435_456
    var slowConsumer = Limits.SlowConsumer.disconnect
    var unfinishedBytesTotal: Int? = 67_108_864
    var frameTimeout = Duration.seconds(10)
    var idleTimeout = Duration.zero
    var keepAlive = Duration.seconds(30)
    var udpProof = UDPProof.tcp
    var udpUnprovenConnections: Int? = 1000
    var udpPortsPerConnection = 4
    var udpUnprovenAnswersPerSecond: Int? = 20

    /// Replaces an `idleTimeout` of zero over UDP. No other event ends an abandoned UDP connection.
    static let udpIdleTimeoutDefault = Duration.seconds(60)

    static let section = SettingSection(
        "limits",
        \.limits,
        "Limits on the share of this machine that connections may take.",
        Self.keys
    )

    static let keys = Self.ofConnections + Self.ofRates + Self.ofWaitingData + Self.ofTime + Self.ofUDP

    private static let ofConnections: [SettingKey<Self>] = [
        // File descriptors are 31-bit numbers.
        SettingKey(
            "connections",
            \.connections,
            .limit(1...2_147_483_647),
            unit: "connections",
            """
            Connections at a time, over all listeners.
            A further client waits, as if the network were slow, until a connection ends; over UDP it is ignored. The log \
            says so with `limit.reached`. Each connection takes a file descriptor: `LimitNOFILE` of the service has to be \
            higher.
            """
        ),
        SettingKey(
            "connections_per_address",
            \.connectionsPerAddress,
            .limit(1...2_147_483_647),
            unit: "connections",
            """
            Connections at a time from one address, over all listeners and ports.
            A further one is closed at once. An address is one of IPv4, or a whole /64 of IPv6, which is the share of one \
            subscriber. Players behind one router share its IPv4 address. UDP ports that are not proven have as many \
            places of their own. A proven port needs a place beside the TCP connections and proven ports of its address; \
            TCP connections count only each other, so that no UDP port keeps one out.
            """
        ),
        SettingKey(
            "accepts_per_second_per_address",
            \.acceptsPerSecondPerAddress,
            .limit(1...1_000_000),
            unit: "connections a second",
            """
            Connections that one address may open in a second, and at most at once.
            A further one is closed at once. An address is as in `connections_per_address`. TCP and UDP have this rate each.
            """
        ),
    ]

    private static let ofRates: [SettingKey<Self>] = [
        SettingKey(
            "datagram_bytes",
            \.datagramBytes,
            .integer(1...16_777_216),
            unit: "bytes",
            """
            Longest payload that lobbyd takes from a connection.
            A TCP connection that announces a longer one is closed. This limit cannot be switched off. With \
            `header_size = 2` no payload is longer than \(Framing.two.payloadBytesMax) bytes, and over UDP lobbyd takes \
            at most \(UDPHeader.payloadBytesMax) bytes.
            """
        ),
        SettingKey(
            "datagrams_per_second",
            \.datagramsPerSecond,
            .limit(1...1_000_000_000),
            unit: "datagrams a second",
            """
            Datagrams that one connection may send in a second, and as many at once after a second of silence.
            Over TCP lobbyd reads the excess later: see `throttle_age`. Over UDP the excess is ignored.
            """
        ),
        .bytes(
            "bytes_per_second",
            \.bytesPerSecond,
            max: 1_000_000_000,
            unit: "bytes a second",
            """
            Bytes that one connection may send in a second, headers included.
            Bursts and excess are as with `datagrams_per_second`.
            """
        ),
        .bytes(
            "broadcast_bytes_per_second",
            \.broadcastBytesPerSecond,
            max: 1_000_000_000,
            unit: "bytes a second",
            """
            Bytes that the broadcasts of one connection may come to in a second.
            Each broadcast counts with its header, times the connections that it is for. Bursts and excess are as with \
            `datagrams_per_second`. The limit has to fit a full lobby: with 1000 connections, 200000 are two broadcasts of \
            98 bytes a second from each of them, and no broadcast is longer than 198 bytes: a TCP connection that sends a \
            longer one is closed.
            """
        ),
        SettingKey(
            "throttle_age",
            \.throttleAge,
            .timeout,
            """
            Time that `datagrams_per_second`, `bytes_per_second` and `broadcast_bytes_per_second` may delay data over TCP.
            After it the connection is closed, within a second. `"0s"` is no limit. `frame_timeout` and `idle_timeout` do \
            not count that time.
            """
        ),
    ]

    private static let ofWaitingData: [SettingKey<Self>] = [
        .bytes(
            "pending_bytes",
            \.pendingBytes,
            max: 1_073_741_824,
            """
            Bytes that may wait for a connection which takes them more slowly than they come.
            For more, `slow_consumer` decides. With 0, a connection that does not read takes up to 1 GiB of memory.
            """
        ),
        SettingKey(
            "pending_datagrams",
            \.pendingDatagrams,
            .limit(1...1_073_741_824),
            unit: "datagrams",
            """
            Datagrams that may wait for a connection, however short they are.
            For more, `slow_consumer` decides.
            """
        ),
        SettingKey(
            "pending_age",
            \.pendingAge,
            .timeout,
            """
            Time that a datagram may wait for a connection.
            After it the connection is closed, with `slow_consumer = "drop"` too: a program that reads nothing for so long \
            has gone. `"0s"` is no limit.
            """
        ),
        .bytes(
            "pending_bytes_total",
            \.pendingBytesTotal,
            max: 1_099_511_627_776,
            """
            Bytes that may wait for all connections together.
            For more, the connection for which most waits is closed, of those on the same event loop; with \
            `slow_consumer = "drop"` the connection for which more would have to wait goes without.
            """
        ),
        SettingKey(
            "slow_consumer",
            \.slowConsumer,
            .choice,
            """
            What happens to a connection for which more would have to wait than may.
            - `"disconnect"` closes it.
            - `"drop"` leaves out the datagrams for which there is no room; those that it gets are whole and in order.
            """
        ),
        .bytes(
            "unfinished_bytes_total",
            \.unfinishedBytesTotal,
            max: 1_099_511_627_776,
            """
            Bytes that all connections together may hold of datagrams that have come in part, or that wait for a rate or \
            their turn.
            For more, the connection that holds most of them is closed.
            """
        ),
    ]

    private static let ofTime: [SettingKey<Self>] = [
        SettingKey(
            "frame_timeout",
            \.frameTimeout,
            .timeout,
            """
            Time that a datagram may take to come over TCP, from its first byte to its last.
            After it the connection is closed, within a second. `"0s"` is no limit.
            """
        ),
        SettingKey(
            "idle_timeout",
            \.idleTimeout,
            .timeout,
            """
            Time without data from a connection after which it ends.
            `"0s"` is no limit over TCP; over UDP it counts as `\(Self.udpIdleTimeoutDefault.text.quoted)`, because \
            nothing else ends such a connection.
            """
        ),
        SettingKey(
            "keep_alive",
            \.keepAlive,
            .secondsOrOff(.seconds(1) ... .seconds(3600)),
            """
            Time without an answer after which lobbyd asks whether a game over TCP is still there.
            A game that has vanished, as when its cable was pulled, is closed after twice that time and 3 seconds at most. \
            With `"0s"` it keeps its place until something is sent to it. With `pending_age = "0s"`, a game that vanishes \
            while datagrams are on their way to it stays until the system gives up, after about 15 minutes.
            """
        ),
    ]

    private static let ofUDP: [SettingKey<Self>] = [
        SettingKey(
            "udp_proof",
            \.udpProof,
            .choice,
            """
            Proof that a port which sends over UDP is real.
            Anyone can put any address into a datagram. Until it is proven, a port gets no more bytes than came from it, \
            and takes no part in broadcasts.
            - `"tcp"`: a TCP connection from the same IP address is open on one of the listeners. Each proves \
            `udp_ports_per_connection` ports of the address.
            - `"none"`: every port counts as proven. Only for networks in which no one can make up an address; on the \
            internet lobbyd would flood any victim that a stranger names.
            """
        ),
        SettingKey(
            "udp_unproven_connections",
            \.udpUnprovenConnections,
            .limit(1...2_147_483_647),
            unit: "connections",
            """
            Connections at a time over UDP from ports that are not proven.
            Further ones are ignored. When a TCP connection ends and its ports lose their proof, the ones above this limit \
            or `connections_per_address` are closed: those of the same UDP listener that were heard least recently. The \
            limit keeps made-up addresses from taking all places: keep it well under `connections`.
            """
        ),
        SettingKey(
            "udp_ports_per_connection",
            \.udpPortsPerConnection,
            .integer(1...1000),
            unit: "ports",
            """
            UDP ports of an address that each of its TCP connections proves.
            With 4, two connections from an address prove the eight ports of it that lobbyd heard most recently. A program \
            that opens one UDP socket needs 1.
            """
        ),
        SettingKey(
            "udp_unproven_answers_per_second",
            \.udpUnprovenAnswersPerSecond,
            .limit(1...1_000_000),
            unit: "datagrams a second",
            """
            Datagrams that lobbyd sends in a second, and at most at once, to the ports of one IP address that are not proven.
            A stranger can have no more than that sent to a victim.
            """
        ),
    ]
}

extension SettingKey<LimitSettings> {
    /// A limit in bytes that must hold a datagram with its header.
    fileprivate static func bytes(
        _ name: String,
        _ property: WritableKeyPath<LimitSettings, Int?> & Sendable,
        max: Int,
        unit: String = "bytes",
        _ documentation: String
    ) -> Self {
        let least = "At least `datagram_bytes` + \(Framing.longest.size), so that one datagram with its header fits."
        return Self(name, property, .limit(1...max), unit: unit, "\(documentation)\n\(least)")
            .fittingDatagram { $0[keyPath: property] }
    }
}

extension ValueKind where Value == Duration {
    fileprivate static var timeout: Self { .duration(.zero ... .seconds(86_400)) }
}

extension Framing {
    /// The longest header that a listener can have.
    static let longest = Framing.four
}
