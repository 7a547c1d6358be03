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
        A port that games connect to.
        Write `[[listener]]` again for each further one; without any there is one with the defaults. Listeners must differ \
        in name, and no two may cover the same address on a port: `"*"` and `"::"` cover IPv4 too, unless `ipv6_only` is \
        true. A broadcast reaches the connections of all listeners.
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
            TCP and UDP have ports of their own, so that one listener of each may have the same number. Over UDP a port of \
            an address is a connection from its first datagram on, and may need a proof: see `udp_proof`.
            """
        ),
        SettingKey(
            "address",
            \.address,
            .listenAddress,
            reload: .anotherPort,
            """
            Address to listen on.
            `"*"` is every interface, IPv6 and IPv4. `"::"` is every interface too, but needs a host with IPv6. A literal \
            address, such as `"127.0.0.1"` or `"::1"`, is that one; a link-local address needs its interface, such as \
            `"fe80::1%eth0"`. Host names, multicast addresses and broadcast addresses of this host are errors.
            """
        ),
        SettingKey(
            "ipv6_only",
            \.isIPv6Only,
            .boolean,
            reload: .anotherPort,
            """
            Whether `"*"` and `"::"` leave IPv4 out.
            Another listener can then have IPv4 on the same port. Any other IPv6 address has no IPv4 to leave out. With an \
            IPv4 address it must be false.
            """
        ),
        SettingKey(
            "port",
            \.port,
            .integer(0...65_535),
            reload: .anotherPort,
            """
            Port to listen on.
            0 takes any free port; the log tells which.
            """
        ),
        SettingKey(
            "backlog",
            \.backlog,
            .integer(1...65_535),
            unit: "connections",
            reload: .newConnections,
            """
            Connections that the kernel holds until lobbyd accepts them.
            With too few, games that all connect at once wait for a second or more. The kernel caps it at \
            `net.core.somaxconn`; the log says so with `listener.backlog`.
            """
        ).only(.tcp),
        SettingKey(
            "header_size",
            \.header,
            .choice,
            unit: "bytes",
            reload: .newConnections,
            """
            Size of the length that stands before each payload.
            The games must use the same: 2 is Panda3D's default, 4 is the size that a program sets with \
            `set_tcp_header_size(4)`.
            """
        ).only(.tcp),
        SettingKey(
            "receive_buffer",
            \.receiveBuffer,
            .integer(4096...1_073_741_824, orZeroFor: "the system's"),
            unit: "bytes",
            """
            Memory that the kernel may use for datagrams until lobbyd reads them.
            The kernel's own overhead counts, so that 106496 bytes hold about 250 short datagrams. 0 is the size that the \
            system gives every socket. With too little the kernel drops datagrams that come at once (`udp_kernel_drops`). \
            The kernel caps it at `net.core.rmem_max`, unless lobbyd runs as root; the log warns with \
            `listener.receive_buffer`.
            """
        ).only(.udp),
    ]
}
