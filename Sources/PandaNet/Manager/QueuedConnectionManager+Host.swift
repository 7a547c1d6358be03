import Engine
import Glibc

/// A network interface of this machine, with one of its addresses: Panda3D's `ConnectionManager::Interface`.
public struct NetInterface: Sendable, Hashable {
    /// `lo`, `eth0`.
    public let name: String
    /// The numeric address: `127.0.0.1`, `::1`.
    public let address: String
    /// The bits of the address that are the network's: `255.0.0.0`, `ffff::`; nil where there is none.
    public let netmask: String?
    /// nil where the interface can't broadcast.
    public let broadcast: String?
}

/// What a program can learn about the machine (Panda3D `connectionManager.cxx`). Any thread.
extension QueuedConnectionManager {
    /// The name of this machine; nil when it has none that is UTF-8 and up to 255 bytes.
    public static func getHostName() -> String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(validating: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Looks again for the interfaces that `getInterfaces` gives.
    ///
    /// - Throws: the system's error; the list stays as it was.
    public func scanInterfaces() throws(SystemError) {
        let found = try NetInterface.all()
        self.interfaces.withLock { $0 = found }
    }

    /// The interfaces of this machine, one element for each IP address. They are looked for at the first call; `scanInterfaces`
    /// finds later changes.
    public func getInterfaces() -> [NetInterface] {
        if self.interfaces.withLock({ $0 == nil }) {
            // After an error the list is empty, and the next call looks again.
            try? self.scanInterfaces()
        }
        return self.interfaces.withLock { $0 ?? [] }
    }
}

extension NetInterface {
    /// From getifaddrs(3): an element for each IP address.
    fileprivate static func all() throws(SystemError) -> [NetInterface] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { throw SystemError(code: errno, call: "getifaddrs") }
        defer { freeifaddrs(list) }
        let entries = sequence(state: list) { next in
            defer { next = next?.pointee.ifa_next }
            return next?.pointee
        }
        return entries.compactMap { NetInterface($0) }
    }

    /// nil for an address of another family than IP.
    private init?(_ entry: ifaddrs) {
        guard let address = Self.text(entry.ifa_addr) else { return nil }
        let canBroadcast = entry.ifa_flags & UInt32(IFF_BROADCAST) != 0
        self.name = String(cString: entry.ifa_name)
        self.address = address
        self.netmask = Self.text(entry.ifa_netmask)
        self.broadcast = canBroadcast ? Self.text(entry.ifa_ifu.ifu_broadaddr) : nil
    }

    private static func text(_ address: UnsafeMutablePointer<sockaddr>?) -> String? {
        address.flatMap { SocketAddress(UnsafeRawPointer($0)) }?.ip.description
    }
}
