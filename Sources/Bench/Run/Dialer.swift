import NIOCore
import PandaNet
import Wire

/// Opens the links of a run, a few at a time.
// @unchecked: what is not constant belongs to `eventLoop` and is touched only there.
final class Dialer: @unchecked Sendable {
    /// Connections that are being opened at one time: a server's backlog holds that many.
    static let concurrency = 128
    static let timeout = Duration.seconds(10)

    // MARK: Constant, any thread

    private let manager: ConnectionManager
    private let eventLoop: any EventLoop
    private let options: WorkloadOptions
    private let delegate: any LinkDelegate
    private let opened: EventLoopPromise<[Link]>

    // MARK: Event loop only

    /// The address that the name stands for, once one link is open: it is looked up once.
    private var host: String
    private var links: [Link?]
    private var begunCount = 0
    private var openCount = 0

    init(
        _ manager: ConnectionManager,
        on eventLoop: any EventLoop,
        _ options: WorkloadOptions,
        delegate: any LinkDelegate
    ) {
        self.manager = manager
        self.eventLoop = eventLoop
        self.options = options
        self.delegate = delegate
        self.opened = eventLoop.makePromise()
        self.host = options.host
        self.links = Array(repeating: nil, count: options.connections)
    }

    /// Any thread, once.
    ///
    /// - Returns: all links, in the order of their numbers; or the first failure, a `RunError`.
    func open() -> EventLoopFuture<[Link]> {
        self.eventLoop.execute { self.openNext() }
        return self.opened.futureResult
    }

    /// How many are open. Event loop only.
    var progress: Progress { .connecting(open: self.openCount, of: self.links.count) }

    private func openNext() {
        let connection = self.begunCount
        self.begunCount += 1
        self.openLink(connection).hop(to: self.eventLoop).whenComplete { result in
            switch result {
            case .success(let link): self.linkOpened(link, connection)
            case .failure(let error): self.opened.fail(RunError(connecting: error, to: self.options))
            }
        }
    }

    private func linkOpened(_ link: Link, _ connection: Int) {
        self.links[connection] = link
        self.openCount += 1
        if case .tcp(let first) = link { self.host = first.peer.host }
        if self.openCount == self.links.count { return self.opened.succeed(self.links.compactMap { $0 }) }
        while self.begunCount < self.links.count, self.begunCount - self.openCount < Self.concurrency {
            self.openNext()
        }
    }

    private func openLink(_ connection: Int) -> EventLoopFuture<Link> {
        let events = LinkEvents(connection: connection, delegate: self.delegate)
        switch self.options.transport {
        case .tcp(let header): return self.openTCP(events, header)
        case .udp: return self.openUDP(events)
        }
    }

    private func openTCP(_ events: LinkEvents, _ header: TCPHeader) -> EventLoopFuture<Link> {
        self.manager.openTCPClientConnection(
            host: self.host,
            port: self.options.port,
            timeout: Self.timeout,
            header: header,
            receiver: events,
            observer: events
        ).map { .tcp($0) }
    }

    /// Looks the name up for each of them, which is no matter with an address; it may wait.
    private func openUDP(_ events: LinkEvents) -> EventLoopFuture<Link> {
        let server: NetAddress
        do {
            let address = try SocketAddress.makeAddressResolvingHost(self.host, port: self.options.port)
            server = NetAddress(address) ?? NetAddress(host: self.host, port: self.options.port)
        } catch {
            return self.eventLoop.makeFailedFuture(error)
        }
        self.host = server.host
        return self.manager.openUDPConnection(port: 0) { payload, _ in events.payloadReceived(payload) }
            .map { .udp($0, server) }
    }
}
