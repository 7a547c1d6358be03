import Engine
import Testing

@testable import lobbyd

@Suite("Bad access lists and limits by address")
struct BadAccessTests {
    private static let network =
        "an address or a range of addresses (such as \"192.0.2.0/24\") whose host bits are zero"

    @Test(
        "a bad value is an error with line, column, key, the found value and the allowed ones",
        arguments: [
            BadInput(
                "[access]\nallow = \"10.0.0.0/8\"",
                "2:9: access.allow: found \"10.0.0.0/8\", expected an array, each \(network)"
            ),
            BadInput(
                "[access]\ndeny = [\"10.0.0.0/33\"]",
                "2:9: access.deny: found \"10.0.0.0/33\", expected \(network)"
            ),
            BadInput(
                "[access]\ndeny = [\n  \"localhost\",\n  1]",
                "3:3: access.deny: found \"localhost\", expected \(network)",
                "4:3: access.deny: found 1, expected \(network)"
            ),
            BadInput(
                "[access]\nallow = [\"::1\", \"10.0.0.1/8\"]",
                "2:17: access.allow: found \"10.0.0.1/8\", expected \(network); did you mean \"10.0.0.0/8\"?"
            ),
            BadInput(
                "[limits]\nconnections_per_address = -1",
                "2:27: limits.connections_per_address: found -1,"
                    + " expected an integer from 1 to 2147483647, or 0 for no limit"
            ),
            BadInput(
                "[limits]\naccepts_per_second_per_address = 1000001",
                "2:34: limits.accepts_per_second_per_address: found 1000001,"
                    + " expected an integer from 1 to 1000000, or 0 for no limit"
            ),
            BadInput(
                "[limits]\nudp_unproven_connections = \"1\"",
                "2:28: limits.udp_unproven_connections: found \"1\","
                    + " expected an integer from 1 to 2147483647, or 0 for no limit"
            ),
        ]
    )
    func values(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test("a list may be empty, and may contain addresses and ranges of IPv4 and IPv6")
    func lists() throws {
        let access = try parse("[access]\nallow = []\ndeny = [\"192.0.2.1\", \"2001:db8::/32\"]").get().access
        #expect(access == AccessSettings(deny: [try IPNetwork("192.0.2.1/32"), try IPNetwork("2001:db8::/32")]))
    }
}
