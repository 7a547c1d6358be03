import ArgumentParser

/// A program on PandaNet's classes. The interoperability tests run it opposite a real Panda3D, or opposite itself.
///
/// Each command exits with a status other than 0 if its peer broke a rule, and describes the fault on stderr.
@main
struct InteropPeer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "InteropPeer",
        subcommands: [
            EchoServer.self, FieldServer.self, EchoClient.self, ResetClient.self,
            UDPEchoServer.self, UDPEchoClient.self,
        ]
    )
}
