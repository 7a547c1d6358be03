import NIOCore
import PandaNet
import Wire

/// Who is told what the links bring. Event loop only.
protocol LinkDelegate: AnyObject, Sendable {
    func received(_ run: DatagramRun, by connection: Int)
    func ended(_ connection: Int, _ reason: CloseReason)
}

/// Tells the delegate which of its connections an event is of.
struct LinkEvents: DatagramReceiver, ConnectionObserver {
    let connection: Int
    let delegate: any LinkDelegate

    func datagramsReceived(_ run: DatagramRun, from _: Connection) {
        self.delegate.received(run, by: self.connection)
    }

    /// A payload over UDP, handed on as the run that it would have been over TCP.
    func payloadReceived(_ payload: UnsafeRawBufferPointer) {
        var frame = ByteBuffer()
        frame.writeInteger(UInt16(payload.count), endianness: .little)
        frame.writeBytes(payload)
        frame.withUnsafeReadableBytes { bytes in
            self.delegate.received(DatagramRun(bytes: bytes, datagramCount: 1, header: .two), by: self.connection)
        }
    }

    func connectionClosed(_: Connection, reason: CloseReason) {
        self.delegate.ended(self.connection, reason)
    }

    func connectionOpened(_: Connection) {}
    // It has no rendezvous.
    func connectionRefused(peer _: NetAddress?, rendezvous _: Rendezvous, reason _: RefusalReason) {}
    func acceptFailed(rendezvous _: Rendezvous, errorCode _: CInt, isFatal _: Bool) {}
}
