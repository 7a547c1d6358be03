import Engine
import Wire

/// Opens the links of a run, a few at a time.
// @unchecked: the mutable properties belong to the manager's event loop and are accessed only there.
final class Dialer: @unchecked Sendable {
    /// The number of simultaneous connection attempts. A server's backlog holds that many.
    static let concurrency = 128
    static let timeout = Duration.seconds(10)

    // MARK: Constant, any thread

    private let manager: ConnectionManager
    private let options: WorkloadOptions
    private let delegate: any LinkDelegate

    // MARK: Event loop only

    /// Called once: with all links in the order of their numbers, or with the first failure.
    private var opened: ((Result<[Link], RunError>) -> Void)?
    /// The server's name, then its address once a link is open. So the name is looked up once.
    private var host: String
    private var links: [Link?]
    private var begunCount = 0
    private var openCount = 0

    /// Makes a dialer.
    ///
    /// - Parameter manager: a manager with one event loop.
    init(_ manager: ConnectionManager, _ options: WorkloadOptions, delegate: any LinkDelegate) {
        self.manager = manager
        self.options = options
        self.delegate = delegate
        self.host = options.host
        self.links = Array(repeating: nil, count: options.connections)
    }

    /// The number of open links. Event loop only.
    var progress: Progress { .connecting(open: self.openCount, of: self.links.count) }

    /// Opens all links. Event loop only, once.
    ///
    /// - Parameter opened: see the property of this name.
    func open(_ opened: @escaping (Result<[Link], RunError>) -> Void) {
        self.opened = opened
        self.openNext()
    }

    private func openNext() {
        let connection = self.begunCount
        self.begunCount += 1
        self.openLink(connection).whenSet { result in
            self.manager.post { self.linkSettled(result, connection) }
        }
    }

    private func linkSettled(_ result: Result<Link, any Error>, _ connection: Int) {
        // An earlier failure has ended the attempt.
        guard self.opened != nil else { return }
        switch result {
        case .success(let link): self.linkOpened(link, connection)
        case .failure(let error): self.finish(.failure(RunError(connecting: error, to: self.options)))
        }
    }

    private func linkOpened(_ link: Link, _ connection: Int) {
        self.links[connection] = link
        self.openCount += 1
        if case .tcp(let first) = link { self.host = first.peer.host }
        if self.openCount == self.links.count { return self.finish(.success(self.links.compactMap { $0 })) }
        while self.begunCount < self.links.count, self.begunCount - self.openCount < Self.concurrency {
            self.openNext()
        }
    }

    private func finish(_ result: Result<[Link], RunError>) {
        self.opened?(result)
        self.opened = nil
    }

    private func openLink(_ connection: Int) -> Answer<Link> {
        let events = LinkEvents(connection: connection, delegate: self.delegate)
        switch self.options.transport {
        case .tcp(let framing): return self.openTCP(events, framing)
        case .udp: return self.openUDP(events)
        }
    }

    private func openTCP(_ events: LinkEvents, _ framing: Framing) -> Answer<Link> {
        self.manager.openTCPClientConnection(
            host: self.host,
            port: self.options.port,
            timeout: Self.timeout,
            framing: framing,
            service: events
        ).map { .tcp($0) }
    }

    /// Opens a UDP socket. Looking up a name may block; after the first link `host` is an address, whose lookup does
    /// not block.
    private func openUDP(_ events: LinkEvents) -> Answer<Link> {
        let server: NetAddress
        do throws(NameError) {
            let addresses = try SystemNameResolver().addresses(of: self.host, port: self.options.port)
            server = addresses.first.map { NetAddress($0) } ?? NetAddress(host: self.host, port: self.options.port)
        } catch {
            let answer = Answer<Link>()
            answer.fail(error)
            return answer
        }
        self.host = server.host
        return self.manager.openUDPConnection(port: 0, received: { payload, _ in events.payloadReceived(payload) })
            .map { .udp($0, server) }
    }
}
