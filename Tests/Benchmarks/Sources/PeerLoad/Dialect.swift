import ArgumentParser

/// What a server speaks, for messages of one size on one channel: enough of it to publish, and to find what is delivered.
enum Dialect: String, ExpressibleByArgument, CaseIterable {
    case panda
    case redis
    case nats

    /// What a new connection sends first, so that it gets what others publish.
    var greeting: String {
        switch self {
        case .panda: ""
        // Version 3 of the protocol: a subscriber may publish too.
        case .redis: "HELLO 3\r\nSUBSCRIBE lobby\r\n"
        case .nats: "CONNECT {\"verbose\":false}\r\nSUB lobby 1\r\n"
        }
    }

    /// What stands before and after a payload that is published.
    func publication(of payloadBytes: Int) -> (head: [UInt8], tail: [UInt8]) {
        switch self {
        case .panda: (Self.pandaHeader(payloadBytes), [])
        case .redis: (Array("*3\r\n$7\r\nPUBLISH\r\n$5\r\nlobby\r\n$\(payloadBytes)\r\n".utf8), Array("\r\n".utf8))
        case .nats: (Array("PUB lobby \(payloadBytes)\r\n".utf8), Array("\r\n".utf8))
        }
    }

    /// What stands before and after a payload that is delivered.
    func delivery(of payloadBytes: Int) -> (head: [UInt8], tail: [UInt8]) {
        switch self {
        case .panda: (Self.pandaHeader(payloadBytes), [])
        case .redis: (Array(">3\r\n$7\r\nmessage\r\n$5\r\nlobby\r\n$\(payloadBytes)\r\n".utf8), Array("\r\n".utf8))
        case .nats: (Array("MSG lobby 1 \(payloadBytes)\r\n".utf8), Array("\r\n".utf8))
        }
    }

    /// Whether a line that begins so is no delivery: the answer to PUBLISH, and what NATS says by itself.
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
