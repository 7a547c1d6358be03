import Glibc

/// An address of the loopback network in the form that system calls take.
struct LoopbackAddress {
    private var address = sockaddr_in()

    /// - Parameter host: a literal IPv4 address.
    init(_ host: String, port: Int) {
        self.address.sin_family = sa_family_t(AF_INET)
        self.address.sin_port = in_port_t(port).bigEndian
        self.address.sin_addr.s_addr = inet_addr(host)
    }

    /// The port that a socket is bound to.
    static func port(of descriptor: CInt) throws(PeerError) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { throw PeerError("getsockname") }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    func withSockAddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: self.address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
