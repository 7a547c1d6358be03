import ArgumentParser
import Control

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every fact about one connection."
    )

    @OptionGroup var options: ControlOptions

    @Argument(help: "Number of the connection, as in list and in the log.")
    var id: UInt64

    func run() throws {
        try self.options.ask(.show(id: self.id), Self.page)
    }

    static func page(_ connection: ConnectionReport) -> String {
        let traffic = connection.traffic
        let header = connection.headerSize.map { ", \($0) bytes of header" } ?? ""
        let rows = [
            ("connection", "\(connection.id)"),
            ("peer", connection.place),
            ("listener", connection.listener),
            ("transport", connection.transport + header),
            ("age", connection.age.forPeople),
            ("in", "\(traffic.datagramsIn) datagrams, \(traffic.bytesIn) bytes"),
            ("out", "\(traffic.datagramsOut) datagrams, \(traffic.bytesOut) bytes"),
            ("dropped", "\(connection.datagramsDropped) datagrams"),
            ("pending", "\(connection.pendingBytes) bytes"),
            ("broadcasts", connection.joinsBroadcasts ? "yes" : "no: its UDP port is not proven"),
        ]
        return rows.map { "\($0.padded(to: 12))\($1.withoutControls)" }.joined(separator: "\n")
    }
}
