import Control

func connection(
    _ id: UInt64,
    listener: String = "game",
    address: String = "127.0.0.1",
    port: Int = 50_000,
    age: Duration = .seconds(5),
    traffic: TrafficReport = TrafficReport(),
    pending: Int = 0
) -> ConnectionReport {
    var report = ConnectionReport()
    report.id = id
    report.listener = listener
    report.address = address
    report.port = port
    report.age = age
    report.traffic = traffic
    report.pendingBytes = pending
    return report
}

func traffic(_ datagramsIn: UInt64, _ bytesIn: UInt64, _ datagramsOut: UInt64, _ bytesOut: UInt64) -> TrafficReport {
    var report = TrafficReport()
    report.datagramsIn = datagramsIn
    report.bytesIn = bytesIn
    report.datagramsOut = datagramsOut
    report.bytesOut = bytesOut
    return report
}

/// A status whose values are as wide as possible.
func largeStatus(uptime: Duration, traffic: TrafficReport) -> StatusReport {
    var status = StatusReport()
    status.version = "0.1.0"
    status.process = 4_194_304
    status.uptime = uptime
    status.configuration = "/etc/lobbyd/" + String(repeating: "a-long-name/", count: 10) + "lobbyd.toml"
    status.logLevel = "critical"
    status.logLevelRemaining = .seconds(700)
    status.connections = 9999
    status.connectionsMax = 10_000
    status.connectionsOpened = 123_456_789
    status.connectionsRefused = 987_654
    status.traffic = traffic
    var listener = ListenerReport()
    listener.name = String(repeating: "game", count: 16)
    listener.transport = "tcp"
    listener.address = "2001:db8:1234:5678:9abc:def0:1234:5678"
    listener.port = 65_535
    listener.receiveBuffer = 1_073_741_824
    listener.connections = 9999
    listener.traffic = traffic
    status.listeners = [listener]
    var reload = LastReload()
    reload.summary = "/etc/lobbyd/lobbyd.toml:12:3: \u{1B}[31m" + String(repeating: "something is wrong ", count: 9)
    status.lastReload = reload
    return status
}
