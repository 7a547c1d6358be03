import Glibc
import NIOCore

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
    public func scanInterfaces() throws {
        let found = try System.enumerateDevices().compactMap { device -> NetInterface? in
            guard let address = device.address?.ipAddress else { return nil }
            return NetInterface(
                name: device.name,
                address: address,
                netmask: device.netmask?.ipAddress,
                broadcast: device.broadcastAddress?.ipAddress
            )
        }
        self.core.interfaces.withLockedValue { $0 = found }
    }

    /// The interfaces of this machine, one element for each IP address. They are looked for at the first call; `scanInterfaces`
    /// finds later changes.
    public func getInterfaces() -> [NetInterface] {
        if self.core.interfaces.withLockedValue({ $0 == nil }) {
            // What can't be found out now is empty now, and looked for again with the next call.
            try? self.scanInterfaces()
        }
        return self.core.interfaces.withLockedValue { $0 ?? [] }
    }
}
