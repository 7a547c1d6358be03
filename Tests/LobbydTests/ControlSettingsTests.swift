import Testing

@testable import lobbyd

@Suite("[control]")
struct ControlSettingsTests {
    @Test(
        "the socket is an absolute path or empty",
        arguments: ["", "/c", "/run/lobbyd/é.sock", "/" + String(repeating: "a", count: 106)]
    )
    func valid(path: String) throws {
        #expect(try parse("[control]\nsocket = \(path.quoted)").get().control.socket == path)
    }

    @Test(
        "any other value is an error that names the allowed ones",
        arguments: ["\"c.sock\"", "\"/run/\"", "\"/a\\nb\"", "true", "\"/\(String(repeating: "a", count: 107))\""]
    )
    func invalid(value: String) {
        let lines = problems("[control]\nsocket = \(value)")
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("2:10: control.socket: found ") == true)
        #expect(lines.first?.contains(#"expected "" or an absolute path of at most 107 bytes"#) == true)
    }
}
