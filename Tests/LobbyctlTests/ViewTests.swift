import Control
import Testing

@testable import lobbyctl

@Suite("Output of lobbyctl")
struct ViewTests {
    private static let much = traffic(.max / 2, .max / 2, .max / 2, .max / 2)

    @Test(
        "a count has at most five characters and is never rounded up",
        arguments: [
            (0, "0"), (9999, "9999"), (10_000, "10.0k"), (12_399, "12.3k"), (99_999, "99.9k"), (123_999, "123k"),
            (999_999, "999k"), (1_000_000, "1.00M"), (1_059_999, "1.05M"), (9_876_543_210, "9.87G"), (.max, "18.4E"),
        ] as [(UInt64, String)]
    )
    func compact(count: UInt64, text: String) {
        #expect(count.compact == text)
    }

    @Test(
        "a duration shows its two largest units",
        arguments: [
            (0, "0s", "0 s"), (59, "59s", "59 s"), (61, "1m01s", "1 m 1 s"), (3600, "1h00m", "1 h 0 m"),
            (90_061, "1d01h", "1 d 1 h"), (-5, "0s", "0 s"),
        ]
    )
    func durations(seconds: Int, compact: String, forPeople: String) {
        #expect(Duration.seconds(seconds).compact == compact)
        #expect(Duration.seconds(seconds).forPeople == forPeople)
    }

    @Test("a table aligns its columns, with numbers to the right")
    func table() {
        let rows = [
            connection(7, traffic: traffic(1, 20, 300, 12_345)),
            connection(123, listener: "lobby", port: 9, pending: 5),
        ]
        #expect(
            ConnectionListing(connections: rows).lines(width: 80) == [
                " ID  LISTENER  ADDRESS          AGE  DG IN  OUT  B IN    OUT  PENDING",
                "  7  game      127.0.0.1:50000   5s      1  300    20  12.3k        0",
                "123  lobby     127.0.0.1:9       5s      0    0     0      0        5",
            ]
        )
    }

    @Test("the widest list, page and screen fit 80 columns, and a long address keeps both ends")
    func eighty() {
        let wide = connection(
            18_446_744_073_709,
            listener: String(repeating: "l", count: 64),
            address: "2001:db8:1234:5678:9abc:def0:1234:5678",
            port: 65_535,
            age: .seconds(999 * 86_400),
            traffic: Self.much,
            pending: 1 << 30
        )
        let list = ConnectionListing(connections: [wide]).lines(width: 80)
        #expect(list.allSatisfy { $0.count <= 80 })
        #expect(list[1].contains("[2") && list[1].contains("35 "))

        let first = largeStatus(uptime: .seconds(1), traffic: TrafficReport())
        let second = largeStatus(uptime: .seconds(86_400 * 999), traffic: Self.much)
        let rates = StatusRates(from: first, to: second)
        let page = StatusPage(status: second, rates: rates, width: 80).lines
        #expect(page.allSatisfy { $0.count <= 80 })
        let top = TopPage(status: second, rates: rates, connections: Array(repeating: wide, count: 50))
        let screen = top.lines(size: TerminalSize(columns: 80, rows: 24), isStyled: false)
        #expect(screen.count == 24 && screen.allSatisfy { $0.count <= 80 })
    }

    @Test("control characters from lobbyd are escaped, and style codes appear only on request")
    func harmless() {
        let hostile = connection(1, listener: "a\u{1B}[2J\n\u{202E}", address: "\u{7}")
        let status = largeStatus(uptime: .seconds(1), traffic: TrafficReport())
        let rates = StatusRates(from: status, to: status)
        let top = TopPage(status: status, rates: rates, connections: [hostile])
        let lines =
            ConnectionListing(connections: [hostile]).lines(width: nil) + StatusPage(status: status, rates: rates).lines
            + top.lines(size: nil, isStyled: false)
            + [ShowCommand.page(hostile)].flatMap { $0.split(separator: "\n").map(String.init) }
        #expect(lines.joined().unicodeScalars.filter(\.isControl).isEmpty)
        #expect(lines.joined().contains(#"\u001B[2J"#))
        #expect(top.lines(size: nil, isStyled: true).joined().contains("\u{1B}[7m"))
    }

    @Test("each column sorts, and the id decides between equal rows", arguments: ConnectionColumn.allCases)
    func sorting(column: ConnectionColumn) {
        let low = connection(2, listener: "a", address: "10.0.0.1", age: .seconds(1), traffic: traffic(1, 1, 1, 1))
        let high = connection(
            3,
            listener: "b",
            address: "10.0.0.2",
            age: .seconds(2),
            traffic: traffic(2, 2, 2, 2),
            pending: 1
        )
        let same = connection(
            4,
            listener: "b",
            address: "10.0.0.2",
            age: .seconds(2),
            traffic: traffic(2, 2, 2, 2),
            pending: 1
        )
        #expect(column.sort([same, high, low], isReversed: false).map(\.id) == [2, 3, 4])
        #expect(column.sort([low, same, high], isReversed: true).map(\.id) == [4, 3, 2])
    }

    @Test("rates are differences per second, and a restarted process counts from its start")
    func rates() {
        var first = largeStatus(uptime: .seconds(10), traffic: traffic(100, 1000, 10, 0))
        let second = largeStatus(uptime: .seconds(12), traffic: traffic(300, 1001, 10, 7))
        #expect(StatusRates(from: first, to: second).total == traffic(100, 1, 0, 4))
        #expect(StatusRates(from: first, to: second).listeners.values.first == traffic(100, 1, 0, 4))
        first.process = 1
        #expect(StatusRates(from: first, to: second).total == traffic(25, 83, 1, 1))
    }

    @Test("a rate of the largest count does not overflow", arguments: [0, 1, 999_999, 1_000_000, Int64.max])
    func largestRates(microseconds: Int64) {
        let most = traffic(.max, 0, .max, .max - 1)
        let rates = most.perSecond(since: TrafficReport(), .microseconds(microseconds))
        #expect(rates.datagramsIn >= rates.bytesOut)
        if microseconds == 1_000_000 { #expect(rates == most) }
        if microseconds < 1_000_000 { #expect(rates.datagramsIn == .max) }
    }

    @Test("a notice appears in the page and fits its width")
    func notice() {
        let status = largeStatus(uptime: .seconds(1), traffic: TrafficReport())
        let top = TopPage(status: status, rates: StatusRates(from: status, to: status), connections: [connection(1)])
        let size = TerminalSize(columns: 10, rows: 6)
        let (plain, noticed) = (
            top.lines(size: size, isStyled: false), top.lines(size: size, isStyled: false, notice: "no answer for 2s")
        )
        #expect(noticed.count == plain.count)
        #expect(zip(plain, noticed).filter { $0 != $1 }.map { $1 } == ["no answer…"])
    }

    @Test("a new connection counts from its start")
    func newConnection() {
        let now = [connection(1, traffic: traffic(30, 0, 0, 0)), connection(2, traffic: traffic(5, 0, 0, 0))]
        let rates = TopPage.perSecond(now, since: [connection(1, traffic: traffic(10, 0, 0, 0))], .seconds(1))
        #expect(rates.map(\.traffic.datagramsIn) == [20, 5])
    }

    @Test("the status page shows the last reload, the remaining time of a log level, and a drain")
    func sentences() {
        var status = largeStatus(uptime: .seconds(1), traffic: TrafficReport())
        func page() -> String { StatusPage(status: status, rates: StatusRates(from: status, to: status)).text }
        #expect(page().contains("critical, for another 11 m 40 s"))
        #expect(page().contains("0 s ago, rejected: /etc/lobbyd/lobbyd.toml:12:3:"))
        status.lastReload = nil
        status.isDraining = true
        #expect(page().contains("last reload    none\n") && page().contains("draining"))
    }
}
