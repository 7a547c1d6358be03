import NIOCore

extension ListenAddress {
    /// The broadcast addresses of this host's IPv4 networks, as far as the system tells. Any thread.
    public static func broadcastsOfThisHost() -> Set<ListenAddress> {
        let devices = (try? System.enumerateDevices()) ?? []
        return Set(
            devices.compactMap { device in
                guard let address = device.address.flatMap({ IPAddress($0) }), address.family == .ipv4,
                    let mask = device.netmask.flatMap({ IPAddress($0) })
                else { return nil }
                return Self.broadcast(of: address, mask: mask)
            }
        )
    }

    /// nil where a network is too small to have one.
    static func broadcast(of address: IPAddress, mask: IPAddress) -> ListenAddress? {
        let hosts = ~mask.value & 0xFFFF_FFFF
        return hosts > 1 ? ListenAddress(IPAddress(.ipv4, address.value | hosts).description) : nil
    }
}
