import Engine
import Testing

@testable import lobbyd

@Suite("Dump")
struct ConfigurationDumpTests {
    private static let unlike = Configuration(
        listeners: [
            ListenerSettings(name: "datagrams", transport: .udp, address: "::1", port: 0, receiveBuffer: 4096),
            ListenerSettings(name: "a \"b\" \\ é", transport: .tcp, address: "::1", port: 0, backlog: 5, header: .four),
            ListenerSettings(name: "second", port: 1),
        ],
        relay: RelaySettings(messageType: .uint16, defaultHandler: "drop", includeSender: false),
        routes: [
            RouteSettings(types: [1...1, 300...319], handler: "echo", includeSender: nil),
            RouteSettings(types: [7...7], handler: "broadcast", includeSender: false),
        ],
        limits: LimitSettings(
            connections: nil,
            connectionsPerAddress: 7,
            acceptsPerSecondPerAddress: 8,
            datagramBytes: 100,
            datagramsPerSecond: 3,
            bytesPerSecond: 104,
            broadcastBytesPerSecond: 105,
            throttleAge: .milliseconds(2),
            pendingBytes: nil,
            pendingDatagrams: nil,
            pendingAge: .zero,
            pendingBytesTotal: 1_099_511_627_776,
            slowConsumer: .drop,
            unfinishedBytesTotal: 106,
            frameTimeout: .milliseconds(1),
            idleTimeout: .seconds(5),
            keepAlive: .seconds(3600),
            udpProof: .none,
            udpUnprovenConnections: nil,
            udpPortsPerConnection: 6,
            udpUnprovenAnswersPerSecond: nil
        ),
        access: AccessSettings(allow: [try! IPNetwork("10.0.0.0/8")], deny: [try! IPNetwork("2001:db8::/32")]),
        server: ServerSettings(eventLoops: 3, drain: .milliseconds(90_500)),
        control: ControlSettings(socket: ""),
        log: LogSettings(level: .critical, format: .json)
    )

    @Test("a dump parses back to an equal configuration", arguments: [Configuration(), unlike])
    func roundTrip(configuration: Configuration) {
        #expect(parse(configuration.toml) == .success(configuration))
    }

    @Test("a dump has each key with its meaning, its allowed values and its value")
    func everyKey() throws {
        let text = Self.unlike.toml
        for entry in try TOMLDocument.parse(text) {
            let section = try #require(ConfigurationSchema.sections.first { $0.name == entry.key })
            let table =
                switch entry.value.content {
                case .array(let tables): try #require(tables.last)
                default: entry.value
                }
            guard case .table(let entries) = table.content else {
                Issue.record("\(entry.key) is not a table")
                continue
            }
            // The last listener uses TCP.
            #expect(entries.map(\.key) == section.keyNames.filter { $0 != "receive_buffer" })
        }
        #expect(text.contains("\n# Port to listen on: an integer from 0 to 65535.\nport = 0\n"))
        let datagrams = try #require(text.split(separator: "[[listener]]").first)
        #expect(datagrams.contains("\nreceive_buffer = 4096\n"))
        #expect(!datagrams.contains("backlog") && !datagrams.contains("header_size"))
        #expect(text.contains("\ntypes = [1, \"300-319\"]\n"))
        #expect(text.contains("\nconnections = 0\n"))
        #expect(text.contains("\ndrain = \"90500ms\"\n"))
    }

    @Test("a quoted string contains no character that acts on a terminal")
    func quoted() {
        let text = "a\"\\\n\u{1B}\u{7F}\u{9B}\u{202E}\u{E0001}é"
        #expect(text.quoted == #""a\"\\\u000A\u001B\u007F\u009B\u202E\U000E0001é""#)
    }
}
