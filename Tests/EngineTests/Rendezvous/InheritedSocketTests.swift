import EngineSupport
import Glibc
import Testing
import Wire

@testable import Engine

/// A socket on a free port of 127.0.0.1, as another process would hand it over.
private final class OpenedBefore: Sendable {
    let descriptor: CInt
    let port: Int

    init(_ type: __socket_type) throws {
        self.descriptor = socket(AF_INET, CInt(type.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        try #require(result)
        if type == SOCK_STREAM { try #require(listen(descriptor, 1000) == 0) }
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        close(self.descriptor)
    }

    /// The backlog of a listening socket.
    var backlog: Int {
        var info = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        getsockopt(self.descriptor, CInt(IPPROTO_TCP), TCP_INFO, &info, &length)
        return Int(info.tcpi_sacked)
    }
}

extension SocketTests {
    @Suite("Inherited sockets")
    struct InheritedSocketTests {
        @Test("an inherited socket's clients are accepted, and the rendezvous's backlog applies")
        func stream() async throws {
            let opened = try OpenedBefore(SOCK_STREAM)
            let waiting = try Peer(port: opened.port)
            try waiting.send([1, 2, 3])
            try await TestEngine.run(.echo, rendezvous: []) { engine in
                let bound = try await engine.manager.openTCPServerRendezvous(
                    Rendezvous(port: 1, backlog: 300),
                    inherited: opened.descriptor,
                    service: TestService.echo,
                    observers: [engine.events]
                ).get()
                #expect(bound.address == NetAddress(host: "127.0.0.1", port: opened.port))
                #expect(opened.backlog == 300)
                #expect(try waiting.receive(1) == [[1, 2, 3]])
                try await engine.manager.closeRendezvous(bound).get()
            }
            // The first owner's descriptor is still open, so clients wait for the next process.
            _ = try Peer(port: opened.port)
        }

        @Test("an inherited UDP socket works, and works again after the engine lost it")
        func datagram() async throws {
            let opened = try OpenedBefore(SOCK_DGRAM)
            let peer = try UDPPeerSocket()
            try await TestEngine.run(.echo, rendezvous: []) { engine in
                let bound = try await engine.manager.openUDPRendezvous(
                    Rendezvous(port: 1, transport: .udp),
                    inherited: opened.descriptor,
                    service: TestService.echo,
                    observers: [engine.events]
                ).get()
                #expect(bound.address.port == opened.port)
                try peer.send([1], to: opened.port)
                #expect(try peer.receive() == [1])

                let shard = engine.manager.registry.shards[0]
                try await shard.loop.submit { (shard.udpSockets[0] as? UDPSocket)?.lost() }.get()
                await engine.events.reopened()
                try peer.send([2], to: opened.port)
                #expect(try peer.receive() == [2])
            }
        }
    }
}
