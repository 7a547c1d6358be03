import Foundation
import HostileText
import Logging
import Systemd
import Testing

@testable import Logs

@Suite("JSONRendering")
struct JSONRenderingTests {
    private func line(_ record: LogRecord) -> String {
        String(decoding: JSONRendering().render(record).bytes, as: UTF8.self)
    }

    private func object(_ record: LogRecord) throws -> [String: any Sendable] {
        let bytes = JSONRendering().render(record).bytes
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: any Sendable])
    }

    @Test("a record is one object on one line, with its metadata beside the message")
    func line() {
        #expect(
            self.line(
                .sample(metadata: ["port": .stringConvertible(9099), "listener": "game", "peer": ["address": "::1"]])
            )
                == #"{"timestamp":"2026-01-31T13:05:09.000123Z","level":"notice","logger":"lobbyd","#
                + #""message":"listener.bound","listener":"game","peer.address":"::1","port":9099}"# + "\n"
        )
    }

    @Test("metadata cannot replace the record's own keys", arguments: ["timestamp", "level", "logger", "message"])
    func reserved(key: String) throws {
        let object = try self.object(.sample(metadata: [key: "forged"]))
        #expect(object[key] as? String != "forged")
        #expect(object["metadata." + key] as? String == "forged")
        #expect(object.count == 5)
    }

    @Test("each hostile text survives as a JSON string", arguments: Attack.all)
    func string(attack: Attack) throws {
        try self.expectSurvives(attack.text)
    }

    @Test(
        "each character survives as a JSON string",
        arguments: [0...0x7F, 0x80...0x7FF, 0x2000...0x2FFF, 0x1F300...0x1F6FF]
    )
    func characters(codes: ClosedRange<UInt32>) throws {
        try self.expectSurvives(String(String.UnicodeScalarView(codes.compactMap(Unicode.Scalar.init))))
    }

    private func expectSurvives(_ text: String) throws {
        let json = JSONRendering.string(text)
        #expect(json.utf8.allSatisfy { $0 >= 0x20 })
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
        #expect(Array(try #require(parsed as? String).utf8) == Array(text.utf8))
    }

    @Test("text from a peer adds no key, line or control character", arguments: Attack.all)
    func attacked(attack: Attack) throws {
        let text = attack.text
        let record = LogRecord.sample(text, logger: text, metadata: ["name": .string(text), text: "x"])
        let object = try self.object(record)
        #expect(object.count == 6)
        #expect(object["level"] as? String == "notice")
        #expect(object["name"] as? String == SafeText.escaped(text, bytesMax: 256))
        #expect(self.line(record).utf8.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
}
