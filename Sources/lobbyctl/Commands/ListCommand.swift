import ArgumentParser
import Control
import Engine
import Program

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the connections: listener, address, age, traffic and queued bytes."
    )

    @OptionGroup var options: ControlOptions

    @Option(help: "Sort by this column.")
    var sort = ConnectionColumn.id

    @Flag(help: "Reverse the order.")
    var reverse = false

    @Option(
        help: ArgumentHelp(
            "Only connections from this address, or from this range, such as 192.0.2.0/24.",
            valueName: "address"
        ),
        transform: addressFilter
    )
    var address: AddressFilter?

    @Option(help: ArgumentHelp("Only connections of this listener.", valueName: "name"))
    var listener: String?

    func run() throws {
        let filter = ConnectionFilter(address: self.address?.description, listener: self.listener)
        let connections = try self.options.asking { client in try client.connections(filter) }
        let sorted = self.sort.sort(connections, isReversed: self.reverse)
        if self.options.json {
            let list: JSONValue = ["connections": sorted.json]
            try StandardStream.output.print(list.description)
        } else {
            let lines = ConnectionListing(connections: sorted).lines(width: Terminal.width)
            try StandardStream.output.write(lines.map { $0 + "\n" }.joined())
        }
    }
}

private func addressFilter(_ text: String) throws -> AddressFilter {
    do throws(IPNetwork.Mistake) {
        return try AddressFilter(text)
    } catch {
        let refusal = AddressFilter.refusal(because: error)
        throw ValidationError("found \"\(text.withoutControls)\", \(refusal)")
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
