import ArgumentParser

/// Where a client finds its server.
struct ServerOptions: ParsableArguments {
    @Option(help: "A name or a literal address.")
    var host = "127.0.0.1"
    @Option(help: "The server's port.")
    var port: Int
}
