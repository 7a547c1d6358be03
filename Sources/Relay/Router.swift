import Engine
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
    ///
    /// - Parameter partsMax: how many parts it may hand on, at least one.
    /// - Returns: how many bytes were handled, from the beginning of the run: whole datagrams.
    @discardableResult
    public func route(_ run: DatagramRun, to outlet: some DatagramOutlet, partsMax: Int = .max) -> Int {
        if self.table.isUniform {
            self.handlers[0].handle(run, to: outlet)
            return run.bytes.count - outlet.heldBackBytes
        }
        var part = Part(start: 0, datagramCount: 0, route: RouteTable.defaultRoute)
        var (offset, partsLeft) = (0, partsMax)
        while offset < run.bytes.count {
            let payload = run.payload(at: offset)
            let route = self.table.route(of: payload)
            if route != part.route, part.datagramCount > 0 {
                let handledEnd = self.hand(part, upTo: offset, of: run, to: outlet)
                partsLeft -= 1
                guard handledEnd == offset, partsLeft > 0 else { return handledEnd }
                part = Part(start: offset, datagramCount: 0, route: route)
            }
            part.route = route
            part.datagramCount += 1
            offset += run.framing.size + payload.count
        }
        return self.hand(part, upTo: offset, of: run, to: outlet)
    }

    /// Neighbours in a run that share a route.
    private struct Part {
        var start: Int
        var datagramCount: Int
        var route: UInt16
    }

    /// - Returns: the end of the bytes that were handled.
    private func hand(_ part: Part, upTo end: Int, of run: DatagramRun, to outlet: some DatagramOutlet) -> Int {
        let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[part.start..<end])
        let frames = DatagramRun(bytes: bytes, datagramCount: part.datagramCount, framing: run.framing)
        self.handlers[Int(part.route)].handle(frames, to: outlet)
        return end - outlet.heldBackBytes
    }
}
