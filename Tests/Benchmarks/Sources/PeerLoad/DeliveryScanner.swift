import Glibc

/// Finds deliveries in what a connection receives. All have one size, so that a server's protocol costs the generator little
/// more than Panda3D's.
struct DeliveryScanner {
    enum Item {
        /// Not all there.
        case incomplete
        /// A payload at `offset`, and how many bytes its frame takes in all.
        case delivery(offset: Int, byteCount: Int)
        /// Something else.
        case aside(byteCount: Int)
        case ping(byteCount: Int)
        /// Nothing that this server should send.
        case garbage
    }

    let dialect: Dialect
    let head: [UInt8]
    let frameBytes: Int

    init(dialect: Dialect, payloadBytes: Int) {
        let delivery = dialect.delivery(of: payloadBytes)
        self.dialect = dialect
        self.head = delivery.head
        self.frameBytes = delivery.head.count + payloadBytes + delivery.tail.count
    }

    /// What `bytes` begin with.
    func next(in bytes: UnsafeRawBufferPointer) -> Item {
        guard bytes.count > 0 else { return .incomplete }
        if self.dialect.isAside(bytes[0]) { return self.line(in: bytes) }
        guard bytes.count >= self.frameBytes else { return .incomplete }
        let isDelivery = self.head.withUnsafeBytes { memcmp($0.baseAddress!, bytes.baseAddress!, $0.count) == 0 }
        return isDelivery ? .delivery(offset: self.head.count, byteCount: self.frameBytes) : .garbage
    }

    private func line(in bytes: UnsafeRawBufferPointer) -> Item {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return .incomplete }
        let isPing = bytes.prefix(4).elementsEqual("PING".utf8)
        return isPing ? .ping(byteCount: end + 1) : .aside(byteCount: end + 1)
    }
}
