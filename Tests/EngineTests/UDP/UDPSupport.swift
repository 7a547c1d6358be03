import CLinux
import Glibc
import Testing
import Wire

@testable import Engine

/// Parses a literal address. `::ffff:…` becomes an IPv4-mapped address, as an IPv6 socket reports it.
func address(_ host: String, port: Int, scope: UInt32 = 0) -> SocketAddress {
    guard let ip = IPAddress(host) else { preconditionFailure("\(host) is no address") }
    let address = SocketAddress(ip, port: port, scope: scope)
    return host.hasPrefix("::ffff:") ? address.forIPv6Socket : address
}

/// Returns the payload as a record.
func record(_ payload: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Framing.udp.size + payload.count)
    bytes.withUnsafeMutableBytes { target in payload.withUnsafeBytes { Framing.udp.write($0, to: target) } }
    return bytes
}

extension UDPListener {
    /// Passes a record to the listener as its socket would.
    func receive(_ payload: [UInt8] = [1], from source: SocketAddress, at now: Instant? = nil) {
        record(payload).withUnsafeBytes {
            self.datagramReceived($0, from: source, to: nil, at: now ?? self.shard.loop.now)
        }
    }

    func peer(_ source: SocketAddress) -> UDPPeer? { self.table[source] }
}

extension UDPSocket {
    var port: Int { self.address.port }

    /// Shuts the socket down, as a system error would.
    func lose() async throws {
        try await self.shard.loop.submit {
            // The call fails because the socket is not connected, and shuts it down nevertheless.
            if let descriptor = self.descriptor { shutdown(descriptor, CInt(SHUT_RDWR)) }
        }.get()
    }
}

/// Event loops that the test runs turn by turn, for UDP listeners without sockets.
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

    /// Runs all event loops until they have no work for each other.
    func runTurns() {
        for _ in 0..<10 { for shard in self.shards { shard.loop.runTurns() } }
    }

    /// Returns the counts of the first event loop, which has few connections.
    func counts() throws -> ConnectionCounts {
        let counts = self.shard.countInSteps()
        self.loop.runTurns()
        return try counts.wait()
    }
}

/// System calls for datagrams with scripted results. After the script, the real calls run. Only the test's thread may
/// use it.
final class ScriptedDatagrams: SystemCalls, @unchecked Sendable {
    enum Step {
        /// The call fails with this error number.
        case fails(CInt)
        /// The call takes at most this many datagrams.
        case takes(Int)
    }

    var sends: [Step] = []
    var receives: [Step] = []
    /// Whether all datagrams count as sent without reaching the system.
    var isDeaf = false
    /// The datagrams offered with each call: their bytes, and whether they had control messages.
    private(set) var offered: [[(bytes: [UInt8], hasControl: Bool)]] = []
    /// The datagrams that were taken.
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
