import ArgumentParser

/// The protocol of a server, for messages of one size on one channel: enough to publish and to find deliveries.
enum Dialect: String, ExpressibleByArgument, CaseIterable {
    case panda
    case redis
    case nats

    /// The first bytes that a new connection sends. They subscribe it to the publications of others.
    var greeting: String {
        switch self {
        case .panda: ""
        // In version 3 of the protocol, a subscriber may also publish.
        case .redis: "HELLO 3\r\nSUBSCRIBE lobby\r\n"
        case .nats: "CONNECT {\"verbose\":false}\r\nSUB lobby 1\r\n"
        }
    }

    /// Returns the bytes before and after the payload of a publication.
    func publication(of payloadBytes: Int) -> (head: [UInt8], tail: [UInt8]) {
        switch self {
        case .panda: (Self.pandaHeader(payloadBytes), [])
        case .redis: (Array("*3\r\n$7\r\nPUBLISH\r\n$5\r\nlobby\r\n$\(payloadBytes)\r\n".utf8), Array("\r\n".utf8))
        case .nats: (Array("PUB lobby \(payloadBytes)\r\n".utf8), Array("\r\n".utf8))
        }
    }

    /// Returns the bytes before and after the payload of a delivery.
    func delivery(of payloadBytes: Int) -> (head: [UInt8], tail: [UInt8]) {
        switch self {
        case .panda: (Self.pandaHeader(payloadBytes), [])
        case .redis: (Array(">3\r\n$7\r\nmessage\r\n$5\r\nlobby\r\n$\(payloadBytes)\r\n".utf8), Array("\r\n".utf8))
        case .nats: (Array("MSG lobby 1 \(payloadBytes)\r\n".utf8), Array("\r\n".utf8))
        }
    }

    /// Whether a line with this first byte is no delivery: an answer to PUBLISH, or a message of NATS itself.
    func isAside(_ first: UInt8) -> Bool {
        switch self {
        case .panda: false
        case .redis: first == UInt8(ascii: ":")
        case .nats: first != UInt8(ascii: "M")
        }
    }

    private static func pandaHeader(_ payloadBytes: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: payloadBytes), UInt8(payloadBytes >> 8)]
    }
}
