import Engine
import Glibc

/// A network interface of this machine, with one of its addresses: Panda3D's `ConnectionManager::Interface`.
public struct NetInterface: Sendable, Hashable {
    /// The name of the interface: `lo`, `eth0`.
    public let name: String
    /// The numeric address: `127.0.0.1`, `::1`.
    public let address: String
    /// The netmask of the address: `255.0.0.0`, `ffff::`; nil if the system gives no netmask.
    public let netmask: String?
    /// The broadcast address; nil if the interface cannot broadcast.
    public let broadcast: String?
}

/// Facts about the machine: its name and its interfaces (Panda3D `connectionManager.cxx`). Any thread.
extension QueuedConnectionManager {
    /// The name of this machine; nil if the name is longer than 255 bytes or not UTF-8.
    public static func getHostName() -> String? {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return nil }
        return String(validating: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Reads the interfaces of this machine again, for `getInterfaces`.
    ///
    /// - Throws: the system's error. The list of interfaces then stays as it was.
    public func scanInterfaces() throws(SystemError) {
        let found = try NetInterface.all()
        self.interfaces.withLock { $0 = found }
    }

    /// The interfaces of this machine, one element for each IP address. The first call reads them from the system;
    /// `scanInterfaces` reads them again.
    public func getInterfaces() -> [NetInterface] {
        if self.interfaces.withLock({ $0 == nil }) {
            // After an error this call returns an empty list, and the next call reads again.
            try? self.scanInterfaces()
        }
        return self.interfaces.withLock { $0 ?? [] }
    }
}

extension NetInterface {
    /// Reads the interfaces with getifaddrs(3), one element for each IP address.
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

    /// Makes an element from an entry of the list; nil for an address that is not IP.
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
