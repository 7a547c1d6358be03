import CLinux
import Glibc

extension ListenAddress {
    /// The broadcast addresses of this host's IPv4 networks. Any thread.
    ///
    /// - Throws: when the system does not list its addresses.
    public static func broadcastsOfThisHost() throws(SystemError) -> Set<ListenAddress> {
        Set(
            try HostNetwork.all().flatMap { network in
                // An operator can give a network another broadcast address. The kernel then uses both addresses.
                [network.broadcast, Self.broadcast(of: network.address, mask: network.mask)].compactMap { $0 }
            }
        )
    }

    /// The broadcast address of a network; nil for a network that is too small to have one.
    static func broadcast(of address: IPAddress, mask: IPAddress) -> ListenAddress? {
        let hosts = ~mask.value & 0xFFFF_FFFF
        return hosts > 1 ? ListenAddress(IPAddress(.ipv4, address.value | hosts).description) : nil
    }
}

/// An IPv4 address of this host and its network, from netdevice(7).
///
/// getifaddrs(3) needs a netlink socket, which a sandbox may forbid; an IPv4 socket is enough here.
private struct HostNetwork {
    let address: IPAddress
    let mask: IPAddress
    /// nil when the system has no broadcast address for it.
    let broadcast: ListenAddress?

    /// The first size of the list, in addresses. A full list is read again at twice the size.
    private static let addressesAtFirst = 32

    static func all() throws(SystemError) -> [HostNetwork] {
        let type = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor = try SystemError.check(socket(AF_INET, type, 0), "socket")
        defer { close(descriptor) }
        var networks: [HostNetwork] = []
        for request in try Self.requests(descriptor) {
            if let network = try HostNetwork(of: request, descriptor) { networks.append(network) }
        }
        return networks
    }

    /// nil when the address has been removed in the meantime.
    private init?(of request: ifreq, _ descriptor: CInt) throws(SystemError) {
        guard let mask = try Self.answer(UInt(SIOCGIFNETMASK), about: request, descriptor),
            let broadcast = try Self.answer(UInt(SIOCGIFBRDADDR), about: request, descriptor)
        else { return nil }
        self.address = Self.address(in: request)
        self.mask = mask
        self.broadcast = broadcast.isWildcard ? nil : ListenAddress(broadcast.description)
    }

    /// One request for each address, with the name of its interface.
    private static func requests(_ descriptor: CInt) throws(SystemError) -> [ifreq] {
        var capacity = Self.addressesAtFirst
        while true {
            var requests = [ifreq](repeating: ifreq(), count: capacity)
            let byteCount = capacity * MemoryLayout<ifreq>.stride
            let (result, filled) = requests.withUnsafeMutableBufferPointer { buffer in
                var list = ifconf()
                list.ifc_len = CInt(byteCount)
                list.ifc_ifcu.ifcu_req = buffer.baseAddress
                return (ioctl(descriptor, UInt(SIOCGIFCONF), &list), Int(list.ifc_len))
            }
            guard result == 0 else { throw SystemError(code: errno, call: "ioctl SIOCGIFCONF") }
            let count = filled / MemoryLayout<ifreq>.stride
            if count < capacity { return Array(requests[..<count]) }
            capacity *= 2
        }
    }

    /// - Parameter request: the interface's name and one of its addresses.
    /// - Returns: the kernel's answer; nil when the interface or its address has been removed.
    private static func answer(
        _ code: UInt,
        about request: ifreq,
        _ descriptor: CInt
    ) throws(SystemError) -> IPAddress? {
        var request = request
        guard ioctl(descriptor, code, &request) == 0 else {
            let failure = errno
            guard failure == EADDRNOTAVAIL || failure == ENODEV else {
                throw SystemError(code: failure, call: "ioctl of an interface")
            }
            return nil
        }
        return Self.address(in: request)
    }

    private static func address(in request: ifreq) -> IPAddress {
        let address = withUnsafeBytes(of: request.ifr_ifru) { $0.loadUnaligned(as: sockaddr_in.self) }
        return IPAddress(.ipv4, UInt128(UInt32(bigEndian: address.sin_addr.s_addr)))
    }
}
