import PandaNet
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
        SettingSection("server", \.server, Self.server),
        SettingSection("control", \.control, Self.control),
        SettingSection("log", \.log, Self.log),
    ]

    static let listener: [SettingKey<ListenerSettings>] = [
        SettingKey("name", \.name, .name, "What logs call this listener"),
        SettingKey("transport", \.transport, .choice, "How datagrams travel"),
        SettingKey("address", \.address, .listenAddress, "Where to listen, \"*\" being every interface"),
        SettingKey("port", \.port, .integer(0...65_535), "Port to listen on, 0 being any free one"),
        SettingKey("backlog", \.backlog, .integer(1...65_535), "Connections that may wait to be accepted").only(.tcp),
        SettingKey("header_size", \.header, .choice, "Bytes of length before each payload, as the peers have it")
            .only(.tcp),
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
        SettingKey("datagram_bytes", \.datagramBytes, .integer(1...16_777_216), "Longest payload taken, in bytes"),
        SettingKey("pending_bytes", \.pendingBytes, .limit(1...1_073_741_824), "Bytes that wait for one connection"),
        SettingKey(
            "idle_timeout",
            \.idleTimeout,
            .duration(.zero ... .seconds(86_400)),
            "How long nothing may come over UDP, \"0s\" being \(LimitSettings.udpIdleTimeoutDefault.settingText.quoted)"
        ),
        SettingKey("udp_proof", \.udpProof, .choice, "What shows that an address which sends over UDP is real"),
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

    private static let handler = ValueKind.choice(of: DatagramHandlers.all.map { $0.name })
}
