import ArgumentParser
import PandaNet
import SeededRandom

/// Sends each UDP datagram back to its sender.
struct UDPEchoServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "udp-echo-server")

    @Flag(help: "Datagrams have no header.")
    var raw = false

    func run() async throws {
        let program = try await UDPProgram(isRaw: self.raw)
        Program.report("\(program.socket.address.port)")
        for await arrival in program.arrivals {
            guard program.socket.send(arrival.datagram, to: arrival.sender) else { throw Failure("no answer was sent") }
        }
    }
}

/// Sends random UDP datagrams to an echo server, each after the previous one has come back unchanged. It has no
/// deadline of its own: the test ends it.
struct UDPEchoClient: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "udp-echo-client")
    /// The sizes around the limit of one byte, and Panda3D's largest datagram.
    private static let edges = [1, 255, 256, 1_500]

    @Flag(help: "Datagrams have no header.")
    var raw = false
    @OptionGroup var server: ServerOptions
    @Option(help: "How many datagrams to send.")
    var count = 1000
    @Option(help: "The same seed gives the same datagrams.")
    var seed: UInt64 = 1

    func run() async throws {
        var generator = SplitMix64(seed: self.seed)
        let program = try await UDPProgram(isRaw: self.raw)
        let address = NetAddress(host: self.server.host, port: self.server.port)
        var arrivals = program.arrivals.makeAsyncIterator()
        for number in 0..<self.count {
            let byteCount =
                number < Self.edges.count ? Self.edges[number] : Int.random(in: 1...1_500, using: &generator)
            let datagram = generator.datagram(byteCount: byteCount)
            guard program.socket.send(datagram, to: address) else { throw Failure("a datagram was not sent") }
            guard let answer = await arrivals.next() else { throw Failure("the socket ended") }
            guard answer.datagram == datagram else { throw Failure("a datagram came back changed") }
            guard answer.sender == address else { throw Failure("an answer came from \(answer.sender)") }
        }
        Program.report("\(self.count) echoed")
    }
}
