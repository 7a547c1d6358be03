import PandaNet

/// A server that answers each datagram with a datagram of its own, until it is killed.
struct AnsweringServer {
    let program: Program
    let listener: QueuedConnectionListener

    /// Opens a port that the system chooses, and reports the port.
    init(_ framing: FramingOptions) throws {
        self.program = Program(framing)
        self.listener = QueuedConnectionListener(self.program.manager, threads: 0)
        let rendezvous = try self.program.manager.openTCPServerRendezvous(host: "127.0.0.1", port: 0)
        self.listener.addConnection(rendezvous)
        Program.report("\(rendezvous.address.port)")
    }

    func run(answer: (Datagram) throws -> Datagram) throws -> Never {
        while true {
            self.program.manager.waitForReaders()
            while let arrival = self.listener.getNewConnection() {
                self.program.reader.addConnection(arrival.connection)
            }
            while let question = self.program.reader.getData() {
                self.program.writer.send(try answer(question.datagram), to: question.connection)
            }
            while let lost = self.program.manager.getResetConnection() { self.program.manager.closeConnection(lost) }
        }
    }
}
