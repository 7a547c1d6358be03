import Engine
import Wire

/// Hears what the links bring. Event loop only.
protocol LinkDelegate: AnyObject, Sendable {
    func received(_ run: DatagramRun, by connection: Int)
    func ended(_ connection: Int, _ reason: CloseReason)
}

/// Tells the delegate which of its connections an event is of.
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

    /// A payload over UDP, handed on as the run that it would have been over TCP.
    func payloadReceived(_ payload: UnsafeRawBufferPointer) {
        withUnsafeTemporaryAllocation(byteCount: Framing.two.size + payload.count, alignment: 1) { frame in
            Framing.two.write(payload, to: frame)
            let run = DatagramRun(bytes: UnsafeRawBufferPointer(frame), datagramCount: 1, framing: .two)
            self.delegate.received(run, by: self.connection)
        }
    }
}
