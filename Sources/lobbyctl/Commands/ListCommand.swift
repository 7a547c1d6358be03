import ArgumentParser
import Control
import Program

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the connections: who, through which listener, how long, what was moved, what waits."
    )

    @OptionGroup var options: ControlOptions

    @Option(help: "Sort by this column.")
    var sort = ConnectionColumn.id

    @Flag(help: "The other way round.")
    var reverse = false

    @Option(help: ArgumentHelp("Only connections from this address.", valueName: "address"))
    var address: String?

    @Option(help: ArgumentHelp("Only connections of this listener.", valueName: "name"))
    var listener: String?

    func run() throws {
        let connections = try self.options.asking { client in try client.connections(self.filter) }
        let sorted = self.sort.sort(connections, isReversed: self.reverse)
        if self.options.json {
            let list: JSONValue = ["connections": sorted.json]
            try StandardStream.output.print(list.description)
        } else {
            let lines = ConnectionListing(connections: sorted).lines(width: Terminal.width)
            try StandardStream.output.write(lines.map { $0 + "\n" }.joined())
        }
    }

    private var filter: ConnectionFilter {
        // As somebody may copy it from a table.
        ConnectionFilter(address: self.address?.withoutBrackets, listener: self.listener)
    }
}

extension ControlClient {
    mutating func connections(_ filter: ConnectionFilter = ConnectionFilter()) throws -> [ConnectionReport] {
        var connections: [ConnectionReport] = []
        try self.ask(.list(filter)) { piece in
            guard let some = piece["connections"].flatMap([ConnectionReport].init) else {
                throw Unreachable.nonsense
            }
            connections += some
        }
        return connections
    }
}
