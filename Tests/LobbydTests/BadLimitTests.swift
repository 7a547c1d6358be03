import Testing

@testable import lobbyd

@Suite("Bad limits, server and log")
struct BadLimitTests {
    private static let drain = "a duration from \"0s\" to \"1h\", a whole number of ms, s, m, h or d"
    private static let keepAlive = "a duration from \"1s\" to \"1h\", a whole number of s, m or h, or \"0s\" for off"

    @Test(
        "a bad value is an error with line, column, key, the found value and the allowed ones",
        arguments: [
            BadInput(
                "[limits]\nconnections = 2147483648",
                "2:15: limits.connections: found 2147483648, expected an integer from 1 to 2147483647, or 0 for no limit"
            ),
            BadInput(
                "[limits]\nconnections = -1",
                "2:15: limits.connections: found -1, expected an integer from 1 to 2147483647, or 0 for no limit"
            ),
            BadInput(
                "[limits]\nconnections = false",
                "2:15: limits.connections: found false, expected an integer from 1 to 2147483647, or 0 for no limit"
            ),
            BadInput(
                "[limits]\ndatagram_bytes = 0",
                "2:18: limits.datagram_bytes: found 0, expected an integer from 1 to 16777216"
            ),
            BadInput(
                "[limits]\ndatagram_bytes = 16777217",
                "2:18: limits.datagram_bytes: found 16777217, expected an integer from 1 to 16777216"
            ),
            BadInput(
                "[limits]\npending_bytes = 1073741825",
                "2:17: limits.pending_bytes: found 1073741825,"
                    + " expected an integer from 1 to 1073741824, or 0 for no limit"
            ),
            BadInput(
                "[limits]\ndatagrams_per_second = 1000000001",
                "2:24: limits.datagrams_per_second: found 1000000001,"
                    + " expected an integer from 1 to 1000000000, or 0 for no limit"
            ),
            BadInput(
                "[limits]\nbytes_per_second = -1",
                "2:20: limits.bytes_per_second: found -1, expected an integer from 1 to 1000000000, or 0 for no limit"
            ),
            BadInput(
                "[limits]\nbroadcast_bytes_per_second = 1000000001",
                "2:30: limits.broadcast_bytes_per_second: found 1000000001,"
                    + " expected an integer from 1 to 1000000000, or 0 for no limit"
            ),
            BadInput(
                "[limits]\npending_datagrams = \"many\"",
                "2:21: limits.pending_datagrams: found \"many\","
                    + " expected an integer from 1 to 1073741824, or 0 for no limit"
            ),
            BadInput(
                "[limits]\npending_age = 10",
                "2:15: limits.pending_age: found 10,"
                    + " expected a duration from \"0s\" to \"1d\", a whole number of ms, s, m, h or d; did you mean \"10s\"?"
            ),
            BadInput(
                "[limits]\npending_bytes_total = 1099511627777",
                "2:23: limits.pending_bytes_total: found 1099511627777,"
                    + " expected an integer from 1 to 1099511627776, or 0 for no limit"
            ),
            BadInput(
                "[limits]\nslow_consumer = \"dorp\"",
                "2:17: limits.slow_consumer: found \"dorp\", expected \"disconnect\" or \"drop\"; did you mean \"drop\"?"
            ),
            BadInput(
                "[limits]\nframe_timeout = \"1441m\"",
                "2:17: limits.frame_timeout: found \"1441m\","
                    + " expected a duration from \"0s\" to \"1d\", a whole number of ms, s, m, h or d"
            ),
            BadInput(
                "[limits]\nidle_timeout = 60",
                "2:16: limits.idle_timeout: found 60,"
                    + " expected a duration from \"0s\" to \"1d\", a whole number of ms, s, m, h or d;"
                    + " did you mean \"60s\"?"
            ),
            BadInput(
                "[limits]\nidle_timeout = \"1441m\"",
                "2:16: limits.idle_timeout: found \"1441m\","
                    + " expected a duration from \"0s\" to \"1d\", a whole number of ms, s, m, h or d"
            ),
            BadInput(
                "[limits]\nthrottle_age = 10",
                "2:16: limits.throttle_age: found 10,"
                    + " expected a duration from \"0s\" to \"1d\", a whole number of ms, s, m, h or d; did you mean \"10s\"?"
            ),
            BadInput(
                "[limits]\nkeep_alive = \"500ms\"",
                "2:14: limits.keep_alive: found \"500ms\", expected \(keepAlive)"
            ),
            BadInput(
                "[limits]\nkeep_alive = \"1500ms\"",
                "2:14: limits.keep_alive: found \"1500ms\", expected \(keepAlive)"
            ),
            BadInput(
                "[limits]\nkeep_alive = \"3601s\"",
                "2:14: limits.keep_alive: found \"3601s\", expected \(keepAlive)"
            ),
            BadInput(
                "[limits]\nkeep_alive = 0",
                "2:14: limits.keep_alive: found 0, expected \(keepAlive); did you mean \"0s\"?"
            ),
            BadInput(
                "[limits]\nkeep_alive = 30",
                "2:14: limits.keep_alive: found 30, expected \(keepAlive); did you mean \"30s\"?"
            ),
            BadInput(
                "[limits]\nudp_proof = \"off\"",
                "2:13: limits.udp_proof: found \"off\", expected \"tcp\" or \"none\""
            ),
            BadInput(
                "[server]\nevent_loops = 1025",
                "2:15: server.event_loops: found 1025, expected an integer from 0 to 1024"
            ),
            BadInput(
                "[server]\nevent_loops = -1",
                "2:15: server.event_loops: found -1, expected an integer from 0 to 1024"
            ),
            BadInput("[server]\ndrain = 5", "2:9: server.drain: found 5, expected \(drain); did you mean \"5s\"?"),
            BadInput(
                "[server]\ndrain = \"5\"",
                "2:9: server.drain: found \"5\", expected \(drain); did you mean \"5s\"?"
            ),
            BadInput("[server]\ndrain = 3601", "2:9: server.drain: found 3601, expected \(drain)"),
            BadInput("[server]\ndrain = \"s\"", "2:9: server.drain: found \"s\", expected \(drain)"),
            BadInput("[server]\ndrain = \"-5s\"", "2:9: server.drain: found \"-5s\", expected \(drain)"),
            BadInput("[server]\ndrain = \"1.5s\"", "2:9: server.drain: found \"1.5s\", expected \(drain)"),
            BadInput("[server]\ndrain = \"5 s\"", "2:9: server.drain: found \"5 s\", expected \(drain)"),
            BadInput("[server]\ndrain = \"2h\"", "2:9: server.drain: found \"2h\", expected \(drain)"),
            BadInput("[server]\ndrain = \"3600001ms\"", "2:9: server.drain: found \"3600001ms\", expected \(drain)"),
            BadInput(
                "[server]\ndrain = \"9223372036854775807d\"",
                "2:9: server.drain: found \"9223372036854775807d\", expected \(drain)"
            ),
            BadInput(
                "[log]\nlevel = \"warn\"",
                "2:9: log.level: found \"warn\", expected \"trace\", \"debug\", \"info\", \"notice\", \"warning\","
                    + " \"error\" or \"critical\""
            ),
            BadInput(
                "[log]\nlevel = \"waring\"",
                "2:9: log.level: found \"waring\", expected \"trace\", \"debug\", \"info\", \"notice\", \"warning\","
                    + " \"error\" or \"critical\"; did you mean \"warning\"?"
            ),
            BadInput(
                "[log]\nformat = \"xml\"",
                "2:10: log.format: found \"xml\", expected \"auto\", \"journal\", \"text\" or \"json\""
            ),
        ]
    )
    func values(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test(
        "a byte limit too small for the longest datagram and its header is an error",
        arguments: [
            BadInput(
                "[limits]\npending_bytes = 65538",
                "2:17: limits.pending_bytes: found 65538, expected at least 65539"
                    + " (limits.datagram_bytes plus its header), or 0 for no limit"
            ),
            BadInput(
                "[limits]\ndatagram_bytes = 262141",
                "2:18: limits.pending_bytes: found 262144, expected at least 262145"
                    + " (limits.datagram_bytes plus its header), or 0 for no limit"
            ),
            BadInput(
                "[limits]\nbytes_per_second = 65538\npending_bytes_total = 65538\nbroadcast_bytes_per_second = 65538",
                "2:20: limits.bytes_per_second: found 65538, expected at least 65539"
                    + " (limits.datagram_bytes plus its header), or 0 for no limit",
                "3:23: limits.pending_bytes_total: found 65538, expected at least 65539"
                    + " (limits.datagram_bytes plus its header), or 0 for no limit",
                "4:30: limits.broadcast_bytes_per_second: found 65538, expected at least 65539"
                    + " (limits.datagram_bytes plus its header), or 0 for no limit"
            ),
            BadInput(
                "[limits]\npending_bytes = 7\ndatagram_bytes = \"1\"",
                "3:18: limits.datagram_bytes: found \"1\", expected an integer from 1 to 16777216"
            ),
        ]
    )
    func roomForOneDatagram(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }
}
