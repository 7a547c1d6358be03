import Testing

@testable import lobbyd

@Suite("Bad listeners")
struct BadListenerTests {
    @Test(
        "a bad value is an error with line, column, key, the found value and the allowed ones",
        arguments: [
            BadInput(
                "[[listener]]\nname = 5",
                "2:8: listener.name: found 5, expected a string of 1 to 64 characters without control characters"
            ),
            BadInput(
                "[[listener]]\nname = \"\"",
                "2:8: listener.name: found \"\", expected a string of 1 to 64 characters without control characters"
            ),
            BadInput(
                "[[listener]]\nname = \"\(String(repeating: "x", count: 65))\"",
                "2:8: listener.name: found \"\(String(repeating: "x", count: 64))\"…,"
                    + " expected a string of 1 to 64 characters without control characters"
            ),
            BadInput(
                "[[listener]]\nname = \"a\\nb\\u001B[31m\\u202E\"",
                "2:8: listener.name: found \"a\\u000Ab\\u001B[31m\\u202E\","
                    + " expected a string of 1 to 64 characters without control characters"
            ),
            BadInput(
                "[[listener]]\ntransport = \"sctp\"",
                "2:13: listener.transport: found \"sctp\", expected \"tcp\" or \"udp\""
            ),
            BadInput(
                "[[listener]]\ntransport = \"TCP\"",
                "2:13: listener.transport: found \"TCP\", expected \"tcp\" or \"udp\"; did you mean \"tcp\"?"
            ),
            BadInput(
                "[[listener]]\naddress = \"localhost\"",
                "2:11: listener.address: found \"localhost\", expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"127.0.0.256\"",
                "2:11: listener.address: found \"127.0.0.256\", expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"::1\\u0000x\"",
                "2:11: listener.address: found \"::1\\u0000x\", expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"\"",
                "2:11: listener.address: found \"\", expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"224.0.0.1\"",
                "2:11: listener.address: found \"224.0.0.1\", a multicast address,"
                    + " expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"ff02::1%eth0\"",
                "2:11: listener.address: found \"ff02::1%eth0\", a multicast address,"
                    + " expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"::ffff:255.255.255.255\"",
                "2:11: listener.address: found \"::ffff:255.255.255.255\", a broadcast address,"
                    + " expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"127.255.255.255\"",
                "2:11: listener.address: found \"127.255.255.255\", a broadcast address of this host;"
                    + " use the address of an interface"
            ),
            BadInput(
                "[[listener]]\naddress = \"fe80::1\"",
                "2:11: listener.address: found \"fe80::1\","
                    + " a link-local address without its interface (such as \"fe80::1%eth0\"),"
                    + " expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"::1%lo\"",
                "2:11: listener.address: found \"::1%lo\", an interface with an address that is not link-local,"
                    + " expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\naddress = \"fe80::1%an-interface-name\"",
                "2:11: listener.address: found \"fe80::1%an-interface-name\","
                    + " expected \"*\" or a literal IPv4 or IPv6 address"
            ),
            BadInput(
                "[[listener]]\nipv6_only = 1",
                "2:13: listener.ipv6_only: found 1, expected true or false"
            ),
            BadInput(
                "[[listener]]\naddress = \"0.0.0.0\"\nipv6_only = true",
                "3:13: listener.ipv6_only: found true, expected false with the IPv4 address \"0.0.0.0\""
            ),
            BadInput(
                "[[listener]]\nipv6_only = true\naddress = \"::ffff:127.0.0.1\"",
                "2:13: listener.ipv6_only: found true, expected false with the IPv4 address \"::ffff:127.0.0.1\""
            ),
            BadInput(
                "[[listener]]\nport = 65536",
                "2:8: listener.port: found 65536, expected an integer from 0 to 65535"
            ),
            BadInput("[[listener]]\nport = -1", "2:8: listener.port: found -1, expected an integer from 0 to 65535"),
            BadInput(
                "[[listener]]\nport = \"9099\"",
                "2:8: listener.port: found \"9099\", expected an integer from 0 to 65535"
            ),
            BadInput(
                "[[listener]]\nport = 9099.0",
                "2:8: listener.port: found 9099.0, expected an integer from 0 to 65535"
            ),
            BadInput(
                "[[listener]]\nport = 1979-05-27",
                "2:8: listener.port: found a date or time, expected an integer from 0 to 65535"
            ),
            BadInput(
                "[[listener]]\nport = [9099]",
                "2:8: listener.port: found an array, expected an integer from 0 to 65535"
            ),
            BadInput(
                "[[listener]]\nbacklog = 0",
                "2:11: listener.backlog: found 0, expected an integer from 1 to 65535"
            ),
            BadInput(
                "[[listener]]\nbacklog = 65536",
                "2:11: listener.backlog: found 65536, expected an integer from 1 to 65535"
            ),
            BadInput(
                "[[listener]]\ntransport = \"udp\"\nreceive_buffer = 4095",
                "3:18: listener.receive_buffer: found 4095, expected an integer from 4096 to 1073741824,"
                    + " or 0 for the system's default"
            ),
            BadInput(
                "[[listener]]\ntransport = \"udp\"\nreceive_buffer = 1073741825",
                "3:18: listener.receive_buffer: found 1073741825, expected an integer from 4096 to 1073741824,"
                    + " or 0 for the system's default"
            ),
            BadInput("[[listener]]\nheader_size = 3", "2:15: listener.header_size: found 3, expected 2 or 4"),
            BadInput("[[listener]]\nheader_size = \"2\"", "2:15: listener.header_size: found \"2\", expected 2 or 4"),
        ]
    )
    func values(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test(
        "listeners with the same name or with overlapping addresses are an error",
        arguments: [
            BadInput(
                "[[listener]]\nport = 1\n[[listener]]\nport = 2",
                "3:1: listener.name: \"game\" is the name of the listener at line 1; choose another name"
            ),
            BadInput(
                "[[listener]]\nname = \"a\"\nport = 1\n[[listener]]\nport = 2\nname = \"a\"",
                "6:8: listener.name: \"a\" is the name of the listener at line 1; choose another name"
            ),
            BadInput(
                "[[listener]]\nname = \"a\"\n[[listener]]\nname = \"b\"",
                "3:1: listener.port: port 9099 of address \"*\" is already taken by the listener at line 1;"
                    + " choose another port"
            ),
            BadInput(
                "[[listener]]\nname = \"a\"\n[[listener]]\nname = \"b\"\naddress = \"::1\"\nport = 9099",
                "6:8: listener.port: port 9099 of address \"::1\" is already taken by the listener at line 1;"
                    + " choose another port"
            ),
            BadInput(
                "[[listener]]\nname = \"a\"\naddress = \"::1\"\n[[listener]]\nname = \"b\"\naddress = \"0:0:0:0:0:0:0:1\"",
                "4:1: listener.port: port 9099 of address \"0:0:0:0:0:0:0:1\" is already taken by the listener at line 1;"
                    + " choose another port"
            ),
            BadInput(
                "[[listener]]\nname = \"a\"\naddress = \"127.0.0.1\"\n[[listener]]\nname = \"b\"\naddress = \"0.0.0.0\"",
                "4:1: listener.port: port 9099 of address \"0.0.0.0\" is already taken by the listener at line 1;"
                    + " choose another port"
            ),
            BadInput(
                "[[listener]]\ntransport = \"udp\"\nport = 1\n[[listener]]\nname = \"b\"\nport = 1\ntransport = \"udp\"",
                "6:8: listener.port: port 1 of address \"*\" is already taken by the listener at line 1;"
                    + " choose another port"
            ),
            BadInput("\nlistener = []", "2:1: listener: found an empty array, expected at least one [[listener]]"),
        ]
    )
    func collisions(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test(
        "a key of one transport is an error with the other transport",
        arguments: [
            BadInput(
                "[[listener]]\ntransport = \"udp\"\nheader_size = 2\nbacklog = 1000",
                "3:15: listener.header_size: not valid with transport \"udp\"; remove this key",
                "4:11: listener.backlog: not valid with transport \"udp\"; remove this key"
            ),
            BadInput(
                "[[listener]]\nreceive_buffer = 0",
                "2:18: listener.receive_buffer: not valid with transport \"tcp\"; remove this key"
            ),
            BadInput(
                "[[listener]]\nheader_size = 4\n[[listener]]\nname = \"b\"\nheader_size = 4\ntransport = \"udp\"",
                "5:15: listener.header_size: not valid with transport \"udp\"; remove this key"
            ),
            BadInput(
                "[[listener]]\ntransport = \"udp\"\nbacklog = 0",
                "3:11: listener.backlog: found 0, expected an integer from 1 to 65535"
            ),
            BadInput(
                "[[listener]]\ntransport = \"upd\"\nheader_size = 2",
                "2:13: listener.transport: found \"upd\", expected \"tcp\" or \"udp\"; did you mean \"udp\"?"
            ),
        ]
    )
    func streamKeys(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test("an invalid name or port gives one error, without a second one for its default")
    func oneMistakeOneError() {
        let text = """
            [[listener]]
            [[listener]]
            name = ""
            port = 65536
            """
        #expect(
            problems(text) == [
                "3:8: listener.name: found \"\", expected a string of 1 to 64 characters without control characters",
                "4:8: listener.port: found 65536, expected an integer from 0 to 65535",
            ]
        )
    }
}
