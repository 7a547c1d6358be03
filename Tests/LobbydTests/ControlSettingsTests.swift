import Testing

@testable import lobbyd

@Suite("[control]")
struct ControlSettingsTests {
    @Test(
        "a socket is an absolute path or none",
        arguments: ["", "/c", "/run/lobbyd/é.sock", "/" + String(repeating: "a", count: 106)]
    )
    func valid(path: String) throws {
        #expect(try parse("[control]\nsocket = \(path.quoted)").get().control.socket == path)
    }

    @Test(
        "anything else is an error that says what is allowed",
        arguments: ["\"c.sock\"", "\"/run/\"", "\"/a\\nb\"", "true", "\"/\(String(repeating: "a", count: 107))\""]
    )
    func invalid(value: String) {
        let lines = problems("[control]\nsocket = \(value)")
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("2:10: control.socket: found ") == true)
        #expect(lines.first?.contains(#"expected "" or an absolute path of at most 107 bytes"#) == true)
    }
}
