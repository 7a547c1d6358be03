import Logging
import Testing

@testable import Logs

@Suite("LogField")
struct LogFieldTests {
    @Test("fields are sorted by key; dictionaries are flattened, arrays become one value, and integers stay numbers")
    func leaves() {
        let leaves = LogField.leaves(of: [
            "reason": "peerClosed",
            "bytes_in": .stringConvertible(UInt64.max),
            "delta": .stringConvertible(-1),
            "ratio": .stringConvertible(0.5),
            "peer": ["port": .stringConvertible(9099), "address": "::1"],
            "types": ["1", "10-19"],
            "empty": [:],
        ])
        #expect(
            leaves == [
                LogField(key: "bytes_in", value: "18446744073709551615", isNumber: true),
                LogField(key: "delta", value: "-1", isNumber: true),
                LogField(key: "peer.address", value: "::1"),
                LogField(key: "peer.port", value: "9099", isNumber: true),
                LogField(key: "ratio", value: "0.5"),
                LogField(key: "reason", value: "peerClosed"),
                LogField(key: "types", value: #"["1", "10-19"]"#),
            ]
        )
    }

    @Test("a value of 256 bytes is kept, and one of 257 is cut with a mark")
    func cut() {
        let kept = String(repeating: "x", count: 256)
        #expect(LogField.leaves(of: ["name": .string(kept)]).map(\.value) == [kept])
        #expect(LogField.leaves(of: ["name": .string(kept + "x")]).map(\.value) == [String(kept.prefix(253)) + "…"])
    }

    @Test(
        "a hostile value is escaped at each place in the metadata",
        arguments: [
            .string("a\nb"), .stringConvertible(Hostile()), .array(["a\nb"]), .dictionary(["inner": "a\nb"]),
            .dictionary(["in\nner": "a"]),
        ] as [Logger.MetadataValue]
    )
    func safe(value: Logger.MetadataValue) throws {
        let leaf = try #require(LogField.leaves(of: ["name": value]).first)
        #expect(!leaf.value.contains("\n"))
        #expect(!leaf.key.contains("\n"))
        #expect((leaf.key + leaf.value).contains(#"\n"#))
    }

    private struct Hostile: CustomStringConvertible, Sendable {
        let description = "a\nb"
    }
}
