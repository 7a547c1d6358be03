import Engine
import Wire

/// Receives the events of the links. Event loop only.
protocol LinkDelegate: AnyObject, Sendable {
    func received(_ run: DatagramRun, by connection: Int)
    func ended(_ connection: Int, _ reason: CloseReason)
}

/// Passes the events of one connection to the delegate, with the connection's number.
final class LinkEvents: Service, ServiceProvider {
    private let connection: Int
    private let delegate: any LinkDelegate

    init(connection: Int, delegate: any LinkDelegate) {
        self.connection = connection
        self.delegate = delegate
    }

    func makeService(eventLoopIndex _: Int) -> any Service { self }

    func received(_ run: DatagramRun, from _: Connection, partsMax _: Int) -> Int {
        self.delegate.received(run, by: self.connection)
        return run.bytes.count
    }

    func closed(_: Connection, reason: CloseReason) {
        self.delegate.ended(self.connection, reason)
    }

    /// Passes on a UDP payload in the form of a TCP run.
    func payloadReceived(_ payload: UnsafeRawBufferPointer) {
        withUnsafeTemporaryAllocation(byteCount: Framing.two.size + payload.count, alignment: 1) { frame in
            Framing.two.write(payload, to: frame)
            let run = DatagramRun(bytes: UnsafeRawBufferPointer(frame), datagramCount: 1, framing: .two)
            self.delegate.received(run, by: self.connection)
        }
    }
}
