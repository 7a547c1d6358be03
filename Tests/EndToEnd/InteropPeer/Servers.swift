import ArgumentParser

/// Sends each datagram back unchanged.
struct EchoServer: ParsableCommand {
    @OptionGroup var framing: FramingOptions

    func run() throws {
        try AnsweringServer(self.framing).run { $0 }
    }
}

/// Reads the tagged fields of each datagram, writes a datagram of the same values, and sends it back.
struct FieldServer: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fields")

    @OptionGroup var framing: FramingOptions

    func run() throws {
        try AnsweringServer(self.framing).run(answer: FieldKind.rewritten)
    }
}
