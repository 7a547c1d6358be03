import ArgumentParser

/// The address of a client's server.
struct ServerOptions: ParsableArguments {
    @Option(help: "A host name or a literal address.")
    var host = "127.0.0.1"
    @Option(help: "The server's port.")
    var port: Int
}
