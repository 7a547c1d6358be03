/// A network interface of this machine, with one of its addresses: Panda3D's `ConnectionManager::Interface`.
public struct NetInterface: Sendable, Hashable {
    /// `lo`, `eth0`.
    public let name: String
    /// The numeric address: `127.0.0.1`, `::1`.
    public let address: String
    /// Which bits of the address are the network's: `255.0.0.0`, `ffff::`; nil where there is none.
    public let netmask: String?
    /// nil where the interface can't broadcast.
    public let broadcast: String?
}
