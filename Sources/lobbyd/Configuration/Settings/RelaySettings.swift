import Relay

/// The handling of datagrams without a route: `[relay]`.
struct RelaySettings: Sendable, Equatable {
    var messageType = MessageType.uint8
    /// The name of one of `DatagramHandlers.all`.
    var defaultHandler = "broadcast"
    var includeSender = true
    var coalesce = Duration.zero

    static let section = SettingSection("relay", \.relay, "How lobbyd handles datagrams.", Self.keys)

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "message_type",
            \.messageType,
            .choice,
            """
            Form of the message type at the beginning of each payload.
            Routes select datagrams by this number. `"uint16"` is little-endian. `"none"` is for payloads without a \
            message type. With `"none"`, routes are not allowed.
            """
        ),
        SettingKey(
            "default",
            \.defaultHandler,
            .handler,
            """
            Handler of datagrams without a route, and of datagrams that are too short to contain a type.
            - `"echo"` sends the datagram back to its sender.
            - `"broadcast"` sends it to every connection, with or without the sender: see `include_sender`.
            - `"drop"` discards it.
            """
        ),
        SettingKey("include_sender", \.includeSender, .boolean, "Whether a broadcast reaches its sender too."),
        SettingKey(
            "coalesce",
            \.coalesce,
            .duration(.zero ... .seconds(1)),
            """
            Longest time that a broadcast waits to be sent together with others.
            With `"5ms"`, a lobby in which many clients broadcast needs only a fraction of the processor time. In \
            return, broadcasts arrive up to 5 ms later, and so do echoes that follow a broadcast: see \
            docs/performance.md. With `"0s"`, lobbyd sends each broadcast at once.
            """
        ),
    ]
}

/// The handling of datagrams of certain types: `[[route]]`.
struct RouteSettings: Sendable, Equatable {
    /// Never empty. A type has at most one route.
    var types: [ClosedRange<Int>]
    /// The name of one of `DatagramHandlers.all`.
    var handler: String
    /// nil uses the value of `[relay]`.
    var includeSender: Bool?

    static let section = SettingSection(
        "route",
        \.routes,
        blank: RouteSettings(types: [], handler: ""),
        example: RouteSettings(types: [1...1, 2...2, 10...19], handler: "broadcast", includeSender: false),
        """
        How lobbyd handles datagrams of certain types, in place of `default`.
        Repeat `[[route]]` for each further route. A type has at most one route. By default there is no route. The \
        shipped configuration file contains an example in comments.
        """,
        Self.keys
    )

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "types",
            \.types,
            listOf: .messageTypes,
            isRequired: true,
            """
            Message types of this route.
            The array may mix single types and quoted ranges. Types are 0 to 255 with `message_type = "uint8"`, and 0 to \
            65535 with `"uint16"`.
            """
        ),
        SettingKey(
            "handler",
            \.handler,
            .handler,
            isRequired: true,
            """
            Handler of these types.
            See `default` in `[relay]` for the handlers.
            """
        ),
        SettingKey(
            "include_sender",
            \.includeSender,
            .optionalBoolean,
            """
            Whether a broadcast of this route reaches its sender too.
            Valid only with `handler = "broadcast"`. Without this key, `include_sender` of `[relay]` applies.
            """
        ),
    ]
}

extension ValueKind where Value == String {
    /// The name of a handler.
    fileprivate static var handler: Self { .choice(of: DatagramHandlers.all.map { $0.name }) }
}
