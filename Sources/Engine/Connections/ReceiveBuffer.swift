import NIOCore

/// The memory that all connections of one event loop read into, one after the other.
///
/// NIO would otherwise keep a buffer for each connection that ever received something. A reader takes the buffer for one
/// read and gives it back before the read returns.
// @unchecked: touched only on its event loop, which is the only caller of the allocators below.
final class ReceiveBuffer: @unchecked Sendable {
    /// The most that one read takes from one connection, so that none can keep the loop to itself.
    static let byteCount = 64 * 1024

    private var free: ByteBuffer?

    func take(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        // Not there: the last read brought an end or an error, and NIO let its buffer go; or this is a read within a read,
        // when NIO drains a connection that failed while another one was served.
        guard var buffer = self.free else { return allocator.buffer(capacity: Self.byteCount) }
        self.free = nil
        buffer.clear()
        return buffer
    }

    /// Takes back what a read was given; another buffer is ignored.
    func giveBack(_ buffer: ByteBuffer) {
        guard buffer.capacity >= Self.byteCount else { return }
        self.free = buffer
    }
}

/// Hands NIO the loop's `ReceiveBuffer`.
///
/// NIO keeps the first buffer that it was given, for as long as the channel lives: that one is small. It does not keep the
/// others, because no `nextBufferSize` switches its pool off and `record` answers that the next buffer may be larger.
struct SharedReceiveAllocator: RecvByteBufferAllocator {
    /// Enough for the first datagrams of most games; more comes with the next read. Each connection keeps as much.
    static let firstByteCount = 512

    let shared: ReceiveBuffer
    private var isFirst = true

    init(_ shared: ReceiveBuffer) {
        self.shared = shared
    }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        self.isFirst ? allocator.buffer(capacity: Self.firstByteCount) : self.shared.take(allocator)
    }

    mutating func record(actualReadBytes: Int) -> Bool {
        self.isFirst = false
        return true
    }
}
