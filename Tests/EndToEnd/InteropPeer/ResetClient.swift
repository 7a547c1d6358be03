import ArgumentParser
import PandaNet

/// Polls a connection until its server is gone, and checks that PandaNet reports the loss exactly once.
struct ResetClient: ParsableCommand {
    /// The time in which a second report would arrive.
    private static let repetitionTime = Duration.milliseconds(200)

    @OptionGroup var framing: FramingOptions
    @OptionGroup var server: ServerOptions

    func run() throws {
        let program = Program(self.framing)
        let connection = try program.connect(self.server)
        let greeting = Datagram([1])
        guard program.writer.send(greeting, to: connection) else { throw Failure("the greeting was not sent") }
        guard try program.receive() == greeting else { throw Failure("the greeting came back changed") }
        Program.report("ready")

        while !program.manager.resetConnectionAvailable() {
            guard program.manager.waitForReaders(timeout: Program.deadline) else { throw Failure("no reset report") }
            guard !program.reader.dataAvailable() else { throw Failure("an unexpected datagram arrived") }
        }
        guard program.manager.getResetConnection() === connection else { throw Failure("another connection was lost") }
        guard !program.manager.closeConnection(connection) else { throw Failure("a lost connection was still open") }
        guard !program.writer.send(greeting, to: connection) else { throw Failure("a lost connection took a datagram") }
        guard !program.manager.waitForReaders(timeout: Self.repetitionTime) else { throw Failure("a second report") }
        Program.report("1 reset")
    }
}
