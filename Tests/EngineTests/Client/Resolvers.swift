import Glibc

@testable import Engine

/// A resolver with a fixed table of names. The addresses contain the ports that the test chose.
struct NameTable: NameResolver {
    let addresses: [String: [SocketAddress]]

    init(_ addresses: [String: [SocketAddress]]) {
        self.addresses = addresses
    }

    func addresses(of host: String, port: Int) throws(NameError) -> [SocketAddress] {
        guard let addresses = self.addresses[host] else { throw .notFound(code: EAI_NONAME) }
        return addresses
    }
}

/// A resolver that blocks on one name until its gate opens, and resolves all other names to 127.0.0.1.
struct HangingResolver: NameResolver {
    let gate = Gate()

    func addresses(of host: String, port: Int) throws(NameError) -> [SocketAddress] {
        if host == "hangs.invalid" { self.gate.wait() }
        return [loopback(port)]
    }
}

func loopback(_ port: Int, _ host: String = "127.0.0.1") -> SocketAddress {
    guard let ip = IPAddress(host) else { preconditionFailure("\(host) is not an address") }
    return SocketAddress(ip, port: port)
}
