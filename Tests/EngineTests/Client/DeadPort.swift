import EngineSupport
import Glibc
import Testing

@testable import Engine

/// A port of 127.0.0.1 that lets nobody in, for as long as this lives.
final class DeadPort: Sendable {
    let port: Int
    private let descriptor: CInt
    /// What fills the queue.
    private let filling: Peer?

    /// Nobody listens on it: the system refuses for it.
    static func refusing() throws -> DeadPort { try DeadPort(isSilent: false) }

    /// It answers nothing: its listener accepts nobody and its queue is full, and then Linux drops what asks for more.
    static func silent() throws -> DeadPort { try DeadPort(isSilent: true) }

    private init(isSilent: Bool) throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        self.port = Int(in_port_t(bigEndian: address.sin_port))
        let isReady = bound && (!isSilent || listen(descriptor, 0) == 0)
        self.filling = isReady && isSilent ? try Peer(port: self.port) : nil
        try #require(isReady)
    }

    deinit {
        close(self.descriptor)
    }

    /// How many sockets of this machine ask to be let in on it now.
    func askingCount() throws -> Int {
        let file = try #require(fopen("/proc/net/tcp", "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        var count = 0
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            // Number, local address, remote address, state: all hexadecimal; state 2 is SYN_SENT.
            let fields = text.split(separator: " ")
            guard fields.count > 3, fields[3] == "02", let port = fields[2].split(separator: ":").last else { continue }
            if Int(port, radix: 16) == self.port { count += 1 }
        }
        return count
    }
}
