import Engine
import Wire

/// Passes each datagram to the handler of its route, as many datagrams at a time as possible.
public final class Router: Sendable {
    private let table: RouteTable
    /// The default handler, then the handler of each route.
    private let handlers: [any DatagramHandler]

    /// - Parameters:
    ///   - messageType: the type of the number at the start of each payload.
    ///   - routes: at most 65,535. If several routes list a type, the first one gets it.
    ///   - fallback: handles message types that no route lists, and payloads that are too short for a type.
    public init(messageType: MessageType, routes: [Route], fallback: any DatagramHandler) {
        self.table = RouteTable(messageType: messageType, types: routes.map(\.types))
        self.handlers = [fallback] + routes.map(\.handler)
    }

    /// Splits the run where the route changes and passes the parts to their handlers in order. Most runs have one part.
    ///
    /// - Parameter partsMax: the largest number of parts to pass on, at least one.
    /// - Returns: the number of handled bytes from the beginning of the run, always whole datagrams.
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

    /// Adjacent datagrams of a run that share a route.
    private struct Part {
        var start: Int
        var datagramCount: Int
        var route: UInt16
    }

    /// - Returns: the offset of the first byte that was not handled.
    private func hand(_ part: Part, upTo end: Int, of run: DatagramRun, to outlet: some DatagramOutlet) -> Int {
        let bytes = UnsafeRawBufferPointer(rebasing: run.bytes[part.start..<end])
        let frames = DatagramRun(bytes: bytes, datagramCount: part.datagramCount, framing: run.framing)
        self.handlers[Int(part.route)].handle(frames, to: outlet)
        return end - outlet.heldBackBytes
    }
}
