import Testing

@testable import lobbyd

@Suite("Bad files")
struct BadFileTests {
    @Test(
        "an unknown name is an error, with a suggestion if a known name is near",
        arguments: [
            BadInput("[[listener]]\nprot = 1", "2:1: unknown key \"prot\" in [[listener]]; did you mean \"port\"?"),
            BadInput(
                "[[listener]]\nheaderSize = 2",
                "2:1: unknown key \"headerSize\" in [[listener]]; did you mean \"header_size\"?"
            ),
            BadInput("[[listener]]\ncolour = 1", "2:1: unknown key \"colour\" in [[listener]]"),
            BadInput("[relay]\nport = 1", "2:1: unknown key \"port\" in [relay]; it belongs in [[listener]]"),
            BadInput("port = 1", "1:1: unknown key \"port\"; it belongs in [[listener]]"),
            BadInput("[limit]\nconnections = 5", "1:2: unknown table \"limit\"; did you mean [limits]?"),
            BadInput("[[listeners]]\nport = 5", "1:3: unknown table \"listeners\"; did you mean [[listener]]?"),
            BadInput("[ kontrakt ]", "1:3: unknown table \"kontrakt\""),
            BadInput("[a.b]\nc = 1\n[a.d]", "1:2: unknown table \"a\""),
            BadInput("[relay.extra]", "1:8: unknown key \"extra\" in [relay]"),
            BadInput("answer = 42", "1:1: unknown key \"answer\""),
            BadInput("\"\\u001B[31m\\n\" = 1", "1:1: unknown key \"\\u001B[31m\\u000A\""),
        ]
    )
    func unknown(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test(
        "a section of the wrong type is an error that shows the right form",
        arguments: [
            BadInput(
                "[listener]\nport = 1",
                "1:2: listener: found a table, expected an array of tables [[listener]]"
            ),
            BadInput("route = 1", "1:1: route: found 1, expected an array of tables [[route]]"),
            BadInput("listener = [1]", "1:13: listener: found 1, expected a table [[listener]]"),
            BadInput(
                "[[relay]]\ndefault = \"echo\"",
                "1:3: relay: found an array, expected a single table [relay]"
            ),
            BadInput("log = \"debug\"", "1:1: log: found \"debug\", expected a table [log]"),
        ]
    )
    func shape(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test(
        "a syntax error is reported alone, with its position",
        arguments: [
            BadInput(
                "[relay]\nport = 1\nlevel = \n",
                "3:9: syntax error in key-value pair: expected value, saw '\\n'"
            ),
            BadInput(
                "[log]\nlevel = \"info\"\nlevel = \"info\"",
                "3:9: syntax error in key-value pair: cannot redefine existing string 'level'"
            ),
            BadInput("[log]\n[log]", "2:1: syntax error in table header: cannot redefine existing table 'log'"),
        ]
    )
    func syntax(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test("all errors are reported at once, in the order of the file")
    func allAtOnce() {
        let text = """
            [limits]
            pending_bytes = 9
            conections = 5
            [[listener]]
            port = 70000
            [server]
            drain = 5
            [[listener]]
            [[route]]
            types = [1, 256]
            handler = "drop"
            include_sender = true
            [extra]
            """
        #expect(
            problems(text) == [
                "2:17: limits.pending_bytes: found 9, expected at least 65539"
                    + " (limits.datagram_bytes plus its header), or 0 for no limit",
                "3:1: unknown key \"conections\" in [limits]; did you mean \"connections\"?",
                "5:8: listener.port: found 70000, expected an integer from 0 to 65535",
                "7:9: server.drain: found 5, expected a duration from \"0s\" to \"1h\", a whole number of ms, s, m, h or d;"
                    + " did you mean \"5s\"?",
                "8:1: listener.name: \"game\" is the name of the listener at line 4; choose another name",
                "10:13: route.types: found 256, expected 0 to 255 with relay.message_type \"uint8\"",
                "12:18: route.include_sender: not valid with handler \"drop\", only with \"broadcast\"; remove this key",
                "13:2: unknown table \"extra\"",
            ]
        )
    }

    @Test(
        "bytes that are not UTF-8 are an error with their position",
        arguments: [
            ([0xFF, 0xFE], "1:1: not UTF-8; save the file as UTF-8"),
            (Array("a = 1\n# é".utf8) + [0xC3], "2:4: not UTF-8; save the file as UTF-8"),
            (Array("# \u{1F600}".utf8) + [0xC0, 0x80], "1:4: not UTF-8; save the file as UTF-8"),
        ] as [([UInt8], String)]
    )
    func notUTF8(bytes: [UInt8], error: String) {
        #expect(parse(bytes: bytes) == .failure(Problems(lines: [error])))
    }
}
