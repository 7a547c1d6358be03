import ArgumentParser

/// Sends each datagram back as it came.
struct EchoServer: ParsableCommand {
    @OptionGroup var framing: FramingOptions

    func run() throws {
        try AnsweringServer(self.framing).run { $0 }
    }
}

/// Reads each datagram's tagged fields and sends back a datagram that it has written of the same values.
struct FieldServer: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fields")

    @OptionGroup var framing: FramingOptions

    func run() throws {
        try AnsweringServer(self.framing).run(answer: FieldKind.rewritten)
    }
}
