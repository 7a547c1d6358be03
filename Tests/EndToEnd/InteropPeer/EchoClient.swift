import ArgumentParser
import PandaNet
import SeededRandom

/// Sends random datagrams to an echo server, and checks that each comes back unchanged and in order.
struct EchoClient: ParsableCommand {
    /// Both directions of so few datagrams fit the system's buffers. So a server that blocks while it sends causes no
    /// deadlock.
    private static let inFlightMax = 32
    /// The sizes around the limits of one and two bytes.
    private static let edges = [0, 1, 255, 256, 65_535]

    @OptionGroup var framing: FramingOptions
    @OptionGroup var server: ServerOptions
    @Option(help: "How many datagrams to send.")
    var count = 1000
    @Option(help: "The same seed gives the same datagrams.")
    var seed: UInt64 = 1

    func run() throws {
        var generator = SplitMix64(seed: self.seed)
        let program = Program(self.framing)
        let connection = try program.connect(self.server)
        for size in Self.edges { try self.exchange([generator.datagram(byteCount: size)], program, connection) }
        var left = self.count - Self.edges.count
        while left > 0 {
            let batch = (0..<min(left, Self.inFlightMax)).map { _ in
                generator.datagram(byteCount: Int.random(in: 0...1_500, using: &generator))
            }
            try self.exchange(batch, program, connection)
            left -= batch.count
        }
        guard program.manager.closeConnection(connection) else { throw Failure("the connection was lost") }
        Program.report("\(self.count) echoed")
    }

    /// Sends the datagrams and checks the answers. Without a header, the answers are the same bytes, split at any
    /// place.
    private func exchange(_ datagrams: [Datagram], _ program: Program, _ connection: Connection) throws {
        for datagram in datagrams {
            guard program.writer.send(datagram, to: connection) else { throw Failure("a datagram was not sent") }
        }
        if self.framing.isFramed {
            for datagram in datagrams {
                guard try program.receive() == datagram else { throw Failure("a datagram came back changed") }
            }
        } else {
            let sent = datagrams.flatMap(\.bytes)
            var received: [UInt8] = []
            while received.count < sent.count { received += try program.receive().bytes }
            guard received == sent else { throw Failure("the bytes came back changed") }
        }
    }
}
