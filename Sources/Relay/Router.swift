import PandaNet
import Wire

/// Decides which handler each datagram goes to, and hands on as many as possible at a time.
public final class Router: Sendable {
    private let table: RouteTable
    /// The default, then the handler of each route.
    private let handlers: [any DatagramHandler]

    /// - Parameters:
    ///   - messageType: what a payload begins with.
    ///   - routes: at most 65,535. A type that several of them name goes to the first.
    ///   - fallback: takes what no route names, and payloads too short to have a type.
    public init(messageType: MessageType, routes: [Route], fallback: any DatagramHandler) {
        self.table = RouteTable(messageType: messageType, types: routes.map(\.types))
        self.handlers = [fallback] + routes.map(\.handler)
    }

    /// Splits the run where the route changes, usually nowhere, and gives each part to its handler, in order.
    public func route(_ run: DatagramRun, to outlet: some DatagramOutlet) {
        if self.table.isUniform { return self.handlers[0].handle(run, to: outlet) }
        var partStart = 0
        var partCount = 0
        var partRoute = RouteTable.defaultRoute
        var offset = 0
        run.forEachPayload { payload in
            let route = self.table.route(of: payload)
            if route != partRoute, partCount > 0 {
                self.hand(run, partStart..<offset, partCount, to: partRoute, outlet)
                partStart = offset
                partCount = 0
            }
            partRoute = route
            partCount += 1
            offset += run.header.size + payload.count
        }
        self.hand(run, partStart..<offset, partCount, to: partRoute, outlet)
    }

    private func hand(
        _ run: DatagramRun,
        _ range: Range<Int>,
        _ datagramCount: Int,
        to route: UInt16,
        _ outlet: some DatagramOutlet
    ) {
        let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[range])
        let part = DatagramRun(bytes: bytes, datagramCount: datagramCount, header: run.header)
        self.handlers[Int(route)].handle(part, to: outlet)
    }
}
