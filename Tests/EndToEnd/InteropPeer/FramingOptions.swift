import ArgumentParser

/// The header in front of each payload. Both ends must agree on it.
struct FramingOptions: ParsableArguments {
    @Option(help: "Bytes of the header: 0, 2 or 4.")
    var headerSize = 2
    @Flag(help: "The bytes of each read are one datagram.")
    var raw = false

    /// Whether datagrams keep their boundaries.
    var isFramed: Bool { !self.raw && self.headerSize != 0 }

    func validate() throws {
        guard [0, 2, 4].contains(self.headerSize) else { throw ValidationError("the header size is 0, 2 or 4") }
    }
}
