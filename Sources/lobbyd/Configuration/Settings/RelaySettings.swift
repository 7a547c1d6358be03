import Relay

/// The handling of datagrams without a route: `[relay]`.
struct RelaySettings: Sendable, Equatable {
    var messageType = MessageType.uint8
    /// The name of one of `DatagramHandlers.all`.
    var defaultHandler = "broadcast"
    var includeSender = true
    var coalesce = Duration.zero

    static let section = SettingSection("relay", \.relay, "The handling of datagrams.", Self.keys)

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "message_type",
            \.messageType,
            .choice,
            """
            Number at the beginning of each payload, by which routes tell types.
            `"uint16"` is little-endian. With `"none"`, for payloads that begin with something else, there can be no route.
            """
        ),
        SettingKey(
            "default",
            \.defaultHandler,
            .handler,
            """
            Handler of each datagram that no route names, or that is too short to have a type.
            - `"echo"` sends it back to its sender.
            - `"broadcast"` sends it to every connection.
            - `"drop"` sends it nowhere.
            """
        ),
        SettingKey("include_sender", \.includeSender, .boolean, "Whether a broadcast reaches its sender too."),
        SettingKey(
            "coalesce",
            \.coalesce,
            .duration(.zero ... .seconds(1)),
            """
            Time that a broadcast may wait for others, to be sent together with them.
            With `"5ms"` a lobby in which many speak costs a fraction of the processor time, and every broadcast, or echo \
            behind one, comes up to 5 ms later: see docs/performance.md. `"0s"` sends each at once.
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
        The handling of datagrams of certain types, in place of `default`.
        Write `[[route]]` again for each further one; a type has one route. There is no route by default; the values here \
        are an example.
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
            Message types that take this route.
            Single types, ranges in quotes with the lowest first, or both: 0 to 255 with `message_type = "uint8"`, 0 to \
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
            The handlers are those of `default` in `[relay]`.
            """
        ),
        SettingKey(
            "include_sender",
            \.includeSender,
            .optionalBoolean,
            """
            Whether a broadcast of this route reaches its sender too.
            Only with `handler = "broadcast"`. Where it is left out, `include_sender` of `[relay]` counts.
            """
        ),
    ]
}

extension ValueKind where Value == String {
    /// The name of a handler.
    fileprivate static var handler: Self { .choice(of: DatagramHandlers.all.map { $0.name }) }
}
