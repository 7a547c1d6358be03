import CLinux
import Glibc
import Testing
import Wire

@testable import Engine

/// A literal address as a socket knows it; one that is written as `::ffff:…` as an IPv6 socket does.
func address(_ host: String, port: Int, scope: UInt32 = 0) -> SocketAddress {
    guard let ip = IPAddress(host) else { preconditionFailure("\(host) is no address") }
    let address = SocketAddress(ip, port: port, scope: scope)
    return host.hasPrefix("::ffff:") ? address.forIPv6Socket : address
}

/// A payload as a record.
func record(_ payload: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Framing.udp.size + payload.count)
    bytes.withUnsafeMutableBytes { target in payload.withUnsafeBytes { Framing.udp.write($0, to: target) } }
    return bytes
}

extension UDPListener {
    /// What its socket would hand on, had it received this.
    func receive(_ payload: [UInt8] = [1], from source: SocketAddress, at now: Instant? = nil) {
        record(payload).withUnsafeBytes {
            self.datagramReceived($0, from: source, to: nil, at: now ?? self.shard.loop.now)
        }
    }

    func peer(_ source: SocketAddress) -> UDPPeer? { self.table[source] }
}

extension UDPSocket {
    var port: Int { self.address.port }

    /// Lets the system end the socket, as an error would.
    func lose() async throws {
        try await self.shard.loop.submit {
            // It says that the socket is not connected, and shuts it down all the same.
            if let descriptor = self.descriptor { shutdown(descriptor, CInt(SHUT_RDWR)) }
        }.get()
    }
}

/// Event loops that run only when a test says so, for UDP listeners without sockets.
struct DrivenShards {
    let shards: [Shard]
    let registry: ConnectionRegistry
    let hosts = UDPHosts()
    let ports = UDPPortCensus()
    let events = Events()

    init(_ count: Int = 1, limits: Limits = Limits(), system: SystemCalls = .real) throws {
        let everyone = Audience(eventLoops: count, isEveryone: true)
        self.shards = try (0..<count).map { index in
            let loop = try EventLoop(index: index, clock: .driven, system: system)
            let shard = Shard(loop: loop, limits: limits, everyone: everyone)
            shard.use(.udp)
            return shard
        }
        self.registry = ConnectionRegistry(shards: self.shards, limits: limits)
    }

    var shard: Shard { self.shards[0] }
    var loop: EventLoop { self.shards[0].loop }

    func origin(
        _ rendezvous: Rendezvous = Rendezvous(),
        service: any ServiceProvider = TestService.echo,
        observer: (any ConnectionObserver)? = nil
    ) -> ConnectionOrigin {
        ConnectionOrigin(
            rendezvous: rendezvous,
            roster: self.registry.roster,
            service: service,
            observers: [observer ?? self.events]
        )
    }

    func listener(
        on index: Int = 0,
        name: String = "udp",
        service: any ServiceProvider = TestService.echo,
        idleTimeout: Duration = .seconds(60),
        proof: UDPProof = .tcp,
        observer: (any ConnectionObserver)? = nil
    ) -> UDPListener {
        let rendezvous = Rendezvous(name: name, host: "127.0.0.1", port: 0, transport: .udp)
        return UDPListener(
            rendezvous: rendezvous,
            idleTimeout: idleTimeout,
            proof: proof,
            shard: self.shards[index],
            registry: self.registry,
            origin: self.origin(rendezvous, service: service, observer: observer),
            hosts: self.hosts,
            ports: self.ports
        )
    }

    /// Runs turns of all event loops until none has anything for another.
    func runTurns() {
        for _ in 0..<10 { for shard in self.shards { shard.loop.runTurns() } }
    }

    /// Of few connections on the first event loop.
    func counts() throws -> ConnectionCounts {
        let counts = self.shard.countInSteps()
        self.loop.runTurns()
        return try counts.wait()
    }
}

/// System calls for datagrams with results of a test's own, one after the other; behind them the system's. For the thread of
/// the test.
final class ScriptedDatagrams: SystemCalls, @unchecked Sendable {
    enum Step {
        /// The call fails with that error number.
        case fails(CInt)
        /// The system takes no more of the datagrams than that.
        case takes(Int)
    }

    var sends: [Step] = []
    var receives: [Step] = []
    /// Whether the system does not see what is sent, and takes all of it.
    var isDeaf = false
    /// What was offered with each call: for each datagram its bytes and whether it had control messages.
    private(set) var offered: [[(bytes: [UInt8], hasControl: Bool)]] = []
    /// What was taken.
    private(set) var sent: [[UInt8]] = []
    private(set) var receiveCount = 0

    override func send(_ descriptor: CInt, datagrams: UnsafeMutableBufferPointer<mmsghdr>) -> Int {
        let all = datagrams.map { (bytes: Self.bytes($0), hasControl: $0.msg_hdr.msg_controllen > 0) }
        self.offered.append(all)
        let step = self.sends.isEmpty ? .takes(.max) : self.sends.removeFirst()
        guard case .takes(let max) = step else {
            guard case .fails(let code) = step else { return 0 }
            return -Int(code)
        }
        let count = min(max, datagrams.count)
        guard self.isDeaf else {
            return super.send(descriptor, datagrams: UnsafeMutableBufferPointer(rebasing: datagrams[..<count]))
        }
        self.sent += all.prefix(count).map(\.bytes)
        return count
    }

    override func receive(_ descriptor: CInt, datagrams: UnsafeMutableBufferPointer<mmsghdr>) -> Int {
        self.receiveCount += 1
        switch self.receives.isEmpty ? .takes(.max) : self.receives.removeFirst() {
        case .fails(let code): return -Int(code)
        case .takes(let max):
            let count = min(max, datagrams.count)
            return super.receive(descriptor, datagrams: UnsafeMutableBufferPointer(rebasing: datagrams[..<count]))
        }
    }

    private static func bytes(_ header: mmsghdr) -> [UInt8] {
        let vector = header.msg_hdr.msg_iov.pointee
        return Array(UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len))
    }
}
