import Glibc
import NIOCore
import Testing

@testable import PandaNet

@Suite("Local addresses")
struct LocalAddressTests {
    private static func local(_ host: String, interface: Int = 3) throws -> LocalAddress? {
        let address = try SocketAddress(ipAddress: host, port: 0)
        return LocalAddress(NIOPacketInfo(destinationAddress: address, interfaceIndex: interface))
    }

    private static func control(_ local: LocalAddress) -> [UInt8] {
        withUnsafeTemporaryAllocation(byteCount: LocalAddress.controlBytesMax, alignment: 8) { buffer in
            let count = local.writeControl(to: buffer)
            return Array(buffer[..<count])
        }
    }

    @Test(
        "no datagram leaves from a broadcast, multicast or unspecified address",
        arguments: [
            "255.255.255.255", "224.0.0.1", "0.0.0.0", "::", "ff02::1", "::ffff:255.255.255.255", "::ffff:224.0.0.1",
        ]
    )
    func none(host: String) throws {
        #expect(try Self.local(host) == nil)
    }

    @Test("an IPv4 address makes an in_pktinfo, without the interface")
    func ipv4() throws {
        let local = try #require(try Self.local("10.0.0.1"))
        let header: [UInt8] = [28, 0, 0, 0, 0, 0, 0, 0, UInt8(IPPROTO_IP), 0, 0, 0, UInt8(IP_PKTINFO), 0, 0, 0]
        #expect(Self.control(local) == header + [0, 0, 0, 0, 10, 0, 0, 1] + [UInt8](repeating: 0, count: 8))
    }

    @Test(
        "an IPv6 address makes an in6_pktinfo, with the interface where it is link-local",
        arguments: [("2001:db8::1", 0), ("::ffff:10.0.0.1", 0), ("fe80::1", 3), ("febf::1", 3), ("fec0::1", 0)]
    )
    func ipv6(host: String, interface: UInt8) throws {
        let control = Self.control(try #require(try Self.local(host)))
        #expect(
            Array(control[..<16]) == [
                36, 0, 0, 0, 0, 0, 0, 0, UInt8(IPPROTO_IPV6), 0, 0, 0, UInt8(IPV6_PKTINFO), 0, 0, 0,
            ]
        )
        var octets = [UInt8](repeating: 0, count: 16)
        inet_pton(AF_INET6, host, &octets)
        #expect(Array(control[16..<32]) == octets)
        #expect(Array(control[32...]) == [interface] + [UInt8](repeating: 0, count: 7))
    }

    @Test("the latest address of each peer is kept, of a bounded number of peers")
    func recent() throws {
        var recent = RecentLocalAddresses()
        func peer(_ number: Int) throws -> SocketAddress {
            try SocketAddress(ipAddress: "10.0.\(number / 256).\(number % 256)", port: 1)
        }
        let (one, other) = (try Self.local("127.0.0.1"), try Self.local("127.0.0.2"))
        recent.heard(try peer(0), at: one)
        recent.heard(try peer(0), at: other)
        #expect(recent[try peer(0)] == other)
        recent.heard(try peer(0), at: nil)
        #expect(recent[try peer(0)] == nil)
        for number in 0..<20_000 {
            recent.heard(try peer(number), at: one)
            #expect(recent[try peer(number)] == one)
            #expect(recent.count <= 2 * RecentLocalAddresses.peersMax)
        }
        #expect(recent[try peer(0)] == nil)
    }

    @Test("the kernel's counter of drops is summed up past its 32 bits")
    func kernelDrops() {
        var drops = KernelDrops()
        drops.opened(reading: 0)
        drops.read(5)
        drops.read(5)
        #expect(drops.total == 5)
        drops.opened(reading: .max - 1)
        drops.read(2)
        #expect(drops.total == 9)
    }
}
