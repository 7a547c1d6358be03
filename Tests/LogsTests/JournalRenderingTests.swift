import HostileText
import Logging
import Testing

@testable import Logs

@Suite("JournalRendering")
struct JournalRenderingTests {
    private let rendering = JournalRendering(identifier: "lobbyd")

    @Test("a record has one journal field for each of its parts")
    func fields() {
        let entry = self.rendering.render(
            .sample(
                level: .warning,
                logger: "lobbyd.listener",
                metadata: ["listener": "game", "connection_id": .stringConvertible(17), "peer": ["address": "::1"]]
            )
        )
        #expect(entry.level == .warning)
        #expect(
            entry.partTexts == [
                "MESSAGE=listener.bound connection_id=17 listener=game peer.address=::1", "PRIORITY=4",
                "SYSLOG_IDENTIFIER=lobbyd", "LOGGER=lobbyd.listener",
                "CODE_FILE=PandaNet/ConnectionListener.swift", "CODE_LINE=42", "CODE_FUNC=bind()",
                "CONNECTION_ID=17", "LISTENER=game", "PEER_ADDRESS=::1",
            ]
        )
    }

    @Test("a message with an id carries it, and metadata cannot forge one")
    func messageID() {
        let id = "0123456789abcdef0123456789abcdef"
        let rendering = JournalRendering(identifier: "lobbyd", messageIDs: ["listener.bound": id])
        let entry = rendering.render(.sample(metadata: ["message_id": "forged"]))
        #expect(entry.partTexts.filter { $0.hasPrefix("MESSAGE_ID=") } == ["MESSAGE_ID=\(id)"])
        #expect(!rendering.render(.sample("ready")).partTexts.contains { $0.hasPrefix("MESSAGE_ID=") })
    }

    @Test(
        "each level has the priority that journalctl filters by",
        arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2])
    )
    func priority(level: Logger.Level, priority: Int) {
        #expect(level.journalPriority == priority)
        #expect(self.rendering.render(.sample(level: level)).partTexts.contains("PRIORITY=\(priority)"))
    }

    @Test("text from a peer adds no field, line or control character", arguments: Attack.all)
    func attacked(attack: Attack) {
        let text = attack.text
        let entry = self.rendering.render(.sample(text, metadata: ["name": .string(text)]))
        #expect(entry.partTexts.count == 8)
        #expect(entry.partTexts.last?.hasPrefix("NAME=") == true)
        #expect(entry.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
}
