import Testing

@testable import Control

@Suite("Reports")
struct ReportTests {
    @Test("a report reads back unchanged, with and without its optional members")
    func roundTrip() {
        var status = StatusReport()
        #expect(StatusReport(json: status.json) == status)
        status.uptime = .microseconds(1_234_567)
        status.connectionsMax = 7
        status.logLevelRemaining = .seconds(5)
        status.lastReload = LastReload()
        var listener = ListenerReport()
        listener.name = "game"
        listener.traffic.bytesOut = 12
        listener.receiveBuffer = 4096
        status.listeners = [listener, ListenerReport()]
        #expect(StatusReport(json: status.json) == status)

        var connection = ConnectionReport()
        connection.headerSize = 4
        connection.joinsBroadcasts = false
        #expect(ConnectionReport(json: connection.json) == connection)
    }

    @Test("a member of the wrong type is an error, and an unknown member is ignored")
    func kinds() throws {
        guard case .object(let members) = LastReload().json else {
            Issue.record("a report is not an object")
            return
        }
        #expect(LastReload(json: .object(members + [JSONValue.Member("new", 1)])) == LastReload())
        #expect(LastReload(json: .object(members.filter { $0.name != "applied" })) == nil)
        #expect(LastReload(json: ["age_usec": 1, "applied": "yes", "summary": ""]) == nil)
        #expect(LastReload(json: .array([])) == nil)
        #expect(TrafficReport(json: ["datagrams_in": -1, "bytes_in": 0, "datagrams_out": 0, "bytes_out": 0]) == nil)
    }

    @Test("a count over Int.max keeps its value", arguments: [UInt64(Int.max), UInt64(Int.max) + 1, .max])
    func largeCounts(count: UInt64) throws {
        var traffic = TrafficReport()
        traffic.bytesIn = count
        let parsed = try JSONParser.parse(Array(traffic.json.description.utf8))
        #expect(TrafficReport(json: parsed)?.bytesIn == count)
        #expect(parsed["bytes_in"]?.description == "\(count)")
    }

    @Test("a counter that has decreased counts from zero")
    func since() {
        var (before, now) = (TrafficReport(), TrafficReport())
        (before.bytesIn, now.bytesIn) = (10, 25)
        (before.bytesOut, now.bytesOut) = (10, 4)
        #expect(now.since(before).bytesIn == 15)
        #expect(now.since(before).bytesOut == 4)
    }
}
