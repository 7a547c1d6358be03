import Glibc

/// Finds deliveries in the bytes that a connection receives. All deliveries have the same size. Therefore parsing the
/// other protocols costs the generator little more than parsing Panda3D's.
struct DeliveryScanner {
    enum Item {
        /// The bytes end before the item does.
        case incomplete
        /// A delivery: the offset of its payload, and the length of the whole frame.
        case delivery(offset: Int, byteCount: Int)
        /// A valid line that is no delivery.
        case aside(byteCount: Int)
        case ping(byteCount: Int)
        /// Bytes that this server should not send.
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

    /// Returns the item at the beginning of `bytes`.
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
