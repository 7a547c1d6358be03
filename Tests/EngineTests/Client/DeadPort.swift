import EngineSupport
import Glibc
import Testing

@testable import Engine

/// A port of 127.0.0.1 that accepts no connection while this object lives.
final class DeadPort: Sendable {
    let port: Int
    private let descriptor: CInt
    /// The connection that fills the backlog.
    private let filling: Peer?

    /// Returns a port without a listener: the system refuses each connect.
    static func refusing() throws -> DeadPort { try DeadPort(isSilent: false) }

    /// Returns a port whose listener accepts no connection and whose backlog is full: Linux drops each further SYN.
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

    /// The number of this machine's sockets that are connecting to the port now.
    func askingCount() throws -> Int {
        let file = try #require(fopen("/proc/net/tcp", "r"))
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        var count = 0
        while fgets(&line, CInt(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            // The fields are number, local address, remote address, state, in hexadecimal; state 2 is SYN_SENT.
            let fields = text.split(separator: " ")
            guard fields.count > 3, fields[3] == "02", let port = fields[2].split(separator: ":").last else { continue }
            if Int(port, radix: 16) == self.port { count += 1 }
        }
        return count
    }
}
