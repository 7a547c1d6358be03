import ArgumentParser

/// A program on PandaNet's classes that the interoperability tests run opposite a real Panda3D, or opposite itself.
///
/// Each command ends with a status other than 0 when its peer did what it should not; what it found stands on stderr.
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
