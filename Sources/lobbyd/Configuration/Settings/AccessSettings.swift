import Engine

/// The addresses that may connect: `[access]`. `deny` takes precedence over `allow`.
struct AccessSettings: Sendable, Equatable {
    /// Empty allows every address.
    var allow: [IPNetwork] = []
    var deny: [IPNetwork] = []

    static let section = SettingSection(
        "access",
        \.access,
        """
        The addresses that may connect, over TCP and UDP.
        Both lists contain addresses, such as `"192.0.2.1"`, and ranges, such as `"192.0.2.0/24"` and \
        `"2001:db8::/32"`. If an address may not connect, lobbyd closes its TCP connections at once and ignores its \
        UDP datagrams. A reload also closes open connections whose address may no longer connect.
        """,
        Self.keys
    )

    static let keys: [SettingKey<Self>] = [
        SettingKey(
            "allow",
            \.allow,
            listOf: .network,
            canBeEmpty: true,
            """
            Addresses that may connect.
            An empty list allows every address.
            """
        ),
        SettingKey(
            "deny",
            \.deny,
            listOf: .network,
            canBeEmpty: true,
            "Addresses that may not connect, even if `allow` contains them."
        ),
    ]
}
