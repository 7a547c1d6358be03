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
        "Limits on the resources that connections may use.",
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
            Open connections, over all listeners.
            Each open connection takes one slot. When all slots are taken, a new TCP client waits until a connection \
            closes, as on a slow network. lobbyd ignores a new UDP client. The log reports the limit with \
            `limit.reached`. Each connection needs a file descriptor, so `LimitNOFILE=` of the unit must be higher.
            """
        ),
        SettingKey(
            "connections_per_address",
            \.connectionsPerAddress,
            .limit(1...2_147_483_647),
            unit: "connections",
            """
            Open connections from one address, over all listeners and ports.
            lobbyd closes a further TCP connection at once, and ignores a further UDP client. An address is a single \
            IPv4 address, or a whole IPv6 /64, because a provider usually assigns a whole /64 to a subscriber. \
            Players behind one router share its IPv4 address. For a new TCP connection, lobbyd counts only the TCP \
            connections of its address, so UDP ports cannot keep the connection out. For a proven UDP port, lobbyd \
            counts the TCP connections and the proven ports. Unproven ports have a separate limit of the same size.
            """
        ),
        SettingKey(
            "accepts_per_second_per_address",
            \.acceptsPerSecondPerAddress,
            .limit(1...1_000_000),
            unit: "connections a second",
            """
            New connections per second from one address; also the size of a burst.
            lobbyd closes a further TCP connection at once, and ignores a further UDP client. \
            `connections_per_address` defines an address. TCP and UDP are counted separately.
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
            Longest payload that lobbyd accepts.
            lobbyd closes a TCP connection that announces a longer payload. This limit cannot be switched off. With \
            `header_size = 2` a payload has at most \(Framing.two.payloadBytesMax) bytes, and over UDP lobbyd accepts \
            at most \(UDPHeader.payloadBytesMax) bytes.
            """
        ),
        SettingKey(
            "datagrams_per_second",
            \.datagramsPerSecond,
            .limit(1...1_000_000_000),
            unit: "datagrams a second",
            """
            Datagrams per second from one connection; also the size of a burst after a second of silence.
            Over TCP, lobbyd reads the excess later: see `throttle_age`. Over UDP, it drops the excess.
            """
        ),
        .bytes(
            "bytes_per_second",
            \.bytesPerSecond,
            max: 1_000_000_000,
            unit: "bytes a second",
            """
            Bytes per second from one connection, including headers.
            Bursts and excess are handled as with `datagrams_per_second`.
            """
        ),
        .bytes(
            "broadcast_bytes_per_second",
            \.broadcastBytesPerSecond,
            max: 1_000_000_000,
            unit: "bytes a second",
            """
            Bytes per second that the broadcasts of one connection may cause.
            A broadcast counts with its header, once for each receiver. Bursts and excess are handled as with \
            `datagrams_per_second`. The limit must be high enough for a lobby with all its connections in use. With \
            1000 connections, for example, 200000 allows each connection two broadcasts of 98 bytes per second, and \
            no broadcast over 198 bytes: lobbyd closes a TCP connection that sends a longer one.
            """
        ),
        SettingKey(
            "throttle_age",
            \.throttleAge,
            .timeout,
            """
            Longest time for which the limits `datagrams_per_second`, `bytes_per_second` and \
            `broadcast_bytes_per_second` may delay TCP data.
            lobbyd closes the connection within a second after that time. `"0s"` is no limit. `frame_timeout` and \
            `idle_timeout` do not count the delay.
            """
        ),
    ]

    private static let ofWaitingData: [SettingKey<Self>] = [
        .bytes(
            "pending_bytes",
            \.pendingBytes,
            max: 1_073_741_824,
            """
            Bytes that may be queued for one connection that reads too slowly.
            Beyond the limit, `slow_consumer` applies. With 0, a connection that does not read can use up to 1 GiB of \
            memory.
            """
        ),
        SettingKey(
            "pending_datagrams",
            \.pendingDatagrams,
            .limit(1...1_073_741_824),
            unit: "datagrams",
            """
            Datagrams that may be queued for one connection, however short they are.
            Beyond the limit, `slow_consumer` applies.
            """
        ),
        SettingKey(
            "pending_age",
            \.pendingAge,
            .timeout,
            """
            Longest time that a datagram may be queued for a connection.
            After that time lobbyd closes the connection, even with `slow_consumer = "drop"`: a program that has not \
            read for so long is probably gone. `"0s"` is no limit.
            """
        ),
        .bytes(
            "pending_bytes_total",
            \.pendingBytesTotal,
            max: 1_099_511_627_776,
            """
            Bytes that may be queued for all connections together.
            Beyond the limit, lobbyd closes the connection with the most queued bytes on the event loop that queues \
            the new bytes. With `slow_consumer = "drop"`, lobbyd drops the new datagram instead.
            """
        ),
        SettingKey(
            "slow_consumer",
            \.slowConsumer,
            .choice,
            """
            Action for a connection whose queue is full.
            - `"disconnect"` closes the connection.
            - `"drop"` drops the datagrams that do not fit. The connection receives the other datagrams complete and in order.
            """
        ),
        .bytes(
            "unfinished_bytes_total",
            \.unfinishedBytesTotal,
            max: 1_099_511_627_776,
            """
            Received bytes of unfinished datagrams that lobbyd may store for all connections together.
            A datagram is unfinished until all of its bytes have arrived, and while it waits for a rate limit or its \
            turn. Beyond the limit, lobbyd closes the connection with the most stored bytes.
            """
        ),
    ]

    private static let ofTime: [SettingKey<Self>] = [
        SettingKey(
            "frame_timeout",
            \.frameTimeout,
            .timeout,
            """
            Longest time from the first byte of a TCP datagram to its last.
            lobbyd closes the connection within a second after that time. `"0s"` is no limit.
            """
        ),
        SettingKey(
            "idle_timeout",
            \.idleTimeout,
            .timeout,
            """
            Longest time without data from a connection.
            After that time lobbyd closes the connection. `"0s"` is no limit over TCP. Over UDP, `"0s"` means \
            `\(Self.udpIdleTimeoutDefault.text.quoted)`, because no other event ends an abandoned UDP connection.
            """
        ),
        SettingKey(
            "keep_alive",
            \.keepAlive,
            .secondsOrOff(.seconds(1) ... .seconds(3600)),
            """
            Time without a packet from a TCP client after which the kernel probes the client.
            If the client has vanished, for example because its cable was pulled, lobbyd closes its connection after \
            at most twice this time plus 3 seconds. With `"0s"`, a vanished client keeps its slot at least until \
            lobbyd sends it a datagram. With `pending_age = "0s"`, a client that vanishes while datagrams are on their \
            way to it keeps its slot for about 15 minutes, until the kernel stops retransmitting.
            """
        ),
    ]

    private static let ofUDP: [SettingKey<Self>] = [
        SettingKey(
            "udp_proof",
            \.udpProof,
            .choice,
            """
            Proof that the source of UDP datagrams is real.
            Anyone can put any source address into a datagram. lobbyd sends the unproven ports of an address together \
            at most as many bytes as it received from them, and excludes them from broadcasts.
            - `"tcp"`: a TCP connection from the same IP address is open on a listener. Each such connection proves \
            `udp_ports_per_connection` ports of the address.
            - `"none"`: every port counts as proven. Use it only in networks where addresses cannot be spoofed. With \
            `"none"`, a stranger on the internet could make lobbyd flood any victim.
            """
        ),
        SettingKey(
            "udp_unproven_connections",
            \.udpUnprovenConnections,
            .limit(1...2_147_483_647),
            unit: "connections",
            """
            Open connections from unproven UDP ports.
            lobbyd ignores further unproven ports. When a TCP connection ends, the ports that it proved can become \
            unproven and exceed this limit or `connections_per_address`. lobbyd then closes connections of unproven \
            ports, at most as many as lost their proof, and begins with the ports that have been silent longest: those of \
            the same address for `connections_per_address`, and those of the same UDP listener for this limit. Keep the \
            limit well below `connections`, so that spoofed addresses cannot occupy every slot.
            """
        ),
        SettingKey(
            "udp_ports_per_connection",
            \.udpPortsPerConnection,
            .integer(1...1000),
            unit: "ports",
            """
            UDP ports that each TCP connection from the same address proves.
            With 4, two connections from an address prove eight of its ports. These are the ports that have sent a \
            datagram most recently. A program that opens one UDP socket needs 1.
            """
        ),
        SettingKey(
            "udp_unproven_answers_per_second",
            \.udpUnprovenAnswersPerSecond,
            .limit(1...1_000_000),
            unit: "datagrams a second",
            """
            Datagrams per second to all unproven ports of one IP address; also the size of a burst.
            With a spoofed address, a stranger can make lobbyd send at most this many datagrams to a victim.
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
        let least = "The minimum is `datagram_bytes` + \(Framing.longest.size): a datagram and its header must fit."
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
