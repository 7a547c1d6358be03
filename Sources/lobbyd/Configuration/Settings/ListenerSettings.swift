import Engine
import Wire

/// A rendezvous port: `[[listener]]`.
struct ListenerSettings: Sendable, Equatable {
    var name = "game"
    var transport = Transport.tcp
    var address = "*"
    var isIPv6Only = false
    var port = 9099
    var backlog = 1000
    var header = HeaderSize.two
    var receiveBuffer = 0

    static let section = SettingSection(
        "listener",
        \.listeners,
        blank: ListenerSettings(),
        """
        A port that clients connect to.
        Repeat `[[listener]]` for each further port. A file without `[[listener]]` has one listener with the \
        defaults. Each listener needs its own name. Two listeners with the same transport must not use the same \
        address and port: `"*"` and `"::"` cover IPv4 too, unless `ipv6_only` is true. A broadcast reaches the \
        connections of all listeners.
        """,
        Self.keys
    )

    static let keys: [SettingKey<Self>] = [
        SettingKey("name", \.name, .name, reload: .newConnections, "Name of this listener in the log."),
        SettingKey(
            "transport",
            \.transport,
            .choice,
            reload: .anotherPort,
            """
            Protocol that carries the datagrams.
            TCP and UDP number their ports separately, so a TCP listener and a UDP listener may use the same number. \
            Over UDP, the first datagram from an address and port opens a connection. The client's address and port \
            may need a proof: see `udp_proof`.
            """
        ),
        SettingKey(
            "address",
            \.address,
            .listenAddress,
            reload: .anotherPort,
            """
            Address to listen on.
            `"*"` is every interface, with IPv6 and IPv4. `"::"` is every interface too, but needs a host with IPv6. A \
            literal address, such as `"127.0.0.1"` or `"::1"`, is that address only. A link-local address needs its \
            interface, as in `"fe80::1%eth0"`. Host names, multicast addresses and broadcast addresses of this host are \
            errors.
            """
        ),
        SettingKey(
            "ipv6_only",
            \.isIPv6Only,
            .boolean,
            reload: .anotherPort,
            """
            Whether `"*"` and `"::"` exclude IPv4.
            With true, another listener can use the same port for IPv4. The key has no effect on any other IPv6 address, \
            and must be false with an IPv4 address.
            """
        ),
        SettingKey(
            "port",
            \.port,
            .integer(0...65_535),
            reload: .anotherPort,
            """
            Port to listen on.
            With 0 the system chooses a free port, and the log names it.
            """
        ),
        SettingKey(
            "backlog",
            \.backlog,
            .integer(1...65_535),
            unit: "connections",
            reload: .newConnections,
            """
            Length of the kernel's queue of connections that lobbyd has not accepted yet.
            If the queue is too short, clients that connect at the same moment wait for a second or more. The kernel \
            limits the length to `net.core.somaxconn`. The event `listener.backlog` reports this.
            """
        ).only(.tcp),
        SettingKey(
            "header_size",
            \.header,
            .choice,
            unit: "bytes",
            reload: .newConnections,
            """
            Size of the header that contains the length of each payload.
            The clients must use the same size. 2 is Panda3D's default; a program sets 4 with `setTcpHeaderSize(4)`.
            """
        ).only(.tcp),
        SettingKey(
            "receive_buffer",
            \.receiveBuffer,
            .integer(4096...1_073_741_824, orZeroFor: "the system's default"),
            unit: "bytes",
            """
            Kernel memory for received datagrams that lobbyd has not read yet.
            The kernel's overhead counts too: 106496 bytes hold about 250 short datagrams. With 0, the buffer has the \
            system's default size. If the buffer is too small, the kernel drops datagrams of a burst \
            (`udp_kernel_drops`). Unless lobbyd runs as root, the kernel limits the size to `net.core.rmem_max`. The \
            event `listener.receive_buffer` reports this.
            """
        ).only(.udp),
    ]
}
