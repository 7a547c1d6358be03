import Engine
import Relay
import Testing
import Wire

@testable import lobbyd

@Suite("Configuration")
struct ConfigurationTests {
    @Test("an empty file gives the documented defaults")
    func defaults() {
        var expected = Configuration()
        expected.listeners = [
            ListenerSettings(name: "game", transport: .tcp, address: "*", port: 9099, backlog: 1000, header: .two)
        ]
        expected.relay = RelaySettings(messageType: .uint8, defaultHandler: "broadcast", includeSender: true)
        expected.routes = []
        expected.limits = LimitSettings(connections: 10_000, datagramBytes: 65_535, pendingBytes: 262_144)
        expected.limits.idleTimeout = .zero
        expected.limits.udpProof = .tcp
        expected.limits.connectionsPerAddress = nil
        expected.limits.acceptsPerSecondPerAddress = nil
        expected.limits.udpUnprovenConnections = 1000
        expected.access = AccessSettings(allow: [], deny: [])
        expected.server = ServerSettings(eventLoops: 0, drain: .seconds(5))
        expected.log = LogSettings(level: .info, format: .auto)
        #expect(parse("") == .success(expected))
    }

    @Test("each key sets its value")
    func everyKey() throws {
        var expected = Configuration()
        expected.listeners = [
            ListenerSettings(name: "lan", transport: .tcp, address: "::1", port: 0, backlog: 5, header: .four),
            ListenerSettings(name: "game", address: "127.0.0.1"),
            ListenerSettings(name: "datagrams", transport: .udp),
        ]
        expected.relay = RelaySettings(messageType: .uint16, defaultHandler: "drop", includeSender: false)
        expected.routes = [
            RouteSettings(types: [1...1, 300...319, 2...2], handler: "echo", includeSender: nil),
            RouteSettings(types: [7...7], handler: "broadcast", includeSender: false),
        ]
        expected.limits = LimitSettings(connections: nil, datagramBytes: 100, pendingBytes: nil)
        expected.limits.idleTimeout = .seconds(90)
        expected.limits.udpProof = .none
        expected.limits.connectionsPerAddress = 8
        expected.limits.acceptsPerSecondPerAddress = 9
        expected.limits.udpUnprovenConnections = 10
        expected.access = AccessSettings(allow: [try IPNetwork("10.0.0.0/8")], deny: [try IPNetwork("10.1.0.0/16")])
        expected.server = ServerSettings(eventLoops: 3, drain: .milliseconds(250))
        expected.log = LogSettings(level: .critical, format: .json)
        let text = """
            [[listener]]
            name = "lan"
            transport = "tcp"
            address = "::1"
            port = 0
            backlog = 5
            header_size = 4
            [[listener]]
            address = "127.0.0.1"
            [[listener]]
            name = "datagrams"
            transport = "udp"
            [relay]
            message_type = "uint16"
            default = "drop"
            include_sender = false
            [[route]]
            types = [1, "300-319", 2]
            handler = "echo"
            [[route]]
            types = [7]
            handler = "broadcast"
            include_sender = false
            [limits]
            connections = 0
            datagram_bytes = 100
            pending_bytes = 0
            idle_timeout = "90s"
            udp_proof = "none"
            connections_per_address = 8
            accepts_per_second_per_address = 9
            udp_unproven_connections = 10
            [access]
            allow = ["10.0.0.0/8"]
            deny = ["10.1.0.0/16"]
            [server]
            event_loops = 3
            drain = "250ms"
            [log]
            level = "critical"
            format = "json"
            """
        #expect(parse(text) == .success(expected))
    }

    @Test(
        "the smallest and largest values are accepted",
        arguments: [
            "[[listener]]\nport = 65535\nbacklog = 1",
            "[[listener]]\nport = 0\nbacklog = 65535",
            "[[listener]]\nname = \"\(String(repeating: "é", count: 64))\"",
            "[relay]\nmessage_type = \"uint8\"\n[[route]]\ntypes = [0, \"1-255\"]\nhandler = \"echo\"",
            "[relay]\nmessage_type = \"uint16\"\n[[route]]\ntypes = [\"0-65535\"]\nhandler = \"echo\"",
            "[limits]\nconnections = 2147483647\ndatagram_bytes = 16777216\npending_bytes = 1073741824",
            "[limits]\nconnections = 1\ndatagram_bytes = 1\npending_bytes = 5",
            "[limits]\ndatagram_bytes = 16777216\npending_bytes = 16777220",
            "[server]\nevent_loops = 1024\ndrain = \"60m\"",
            "[server]\ndrain = \"1h\"\n[limits]\nidle_timeout = \"1d\"",
            "[server]\ndrain = \"0ms\"",
        ]
    )
    func outermost(text: String) {
        #expect(problems(text) == [])
    }

    @Test(
        "listeners with different addresses or ports are accepted",
        arguments: [
            ("\"127.0.0.1\"", 9099, "\"127.0.0.2\"", 9099),
            ("\"127.0.0.1\"", 9099, "\"127.0.0.1\"", 9100),
            ("\"0.0.0.0\"", 9099, "\"::1\"", 9099),
            ("\"*\"", 0, "\"*\"", 0),
        ]
    )
    func distinctListeners(address: String, port: Int, otherAddress: String, otherPort: Int) {
        let text = """
            [[listener]]
            name = "a"
            address = \(address)
            port = \(port)
            [[listener]]
            name = "b"
            address = \(otherAddress)
            port = \(otherPort)
            """
        #expect(problems(text) == [])
    }

    @Test("tables may be inline or have dotted keys")
    func otherSpellings() throws {
        let text = """
            listener = [{port = 1}]
            route = []
            log.level = "debug"
            server = {drain = "1s"}
            """
        let configuration = try parse(text).get()
        #expect(configuration.listeners == [ListenerSettings(port: 1)])
        #expect(configuration.log.level == .debug)
        #expect(configuration.server.drain == .seconds(1))
    }
}
