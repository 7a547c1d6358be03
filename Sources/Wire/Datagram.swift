import NIOCore

/// The payload of one message, written field by field: Panda3D's `Datagram` (`datagram.I`,
/// `datagram.cxx`).
///
/// The fields follow each other with nothing between them, and nothing says what they are: the reader must know.
/// Integers and floats are little-endian unless the method says `Be`. A datagram is a value; copies share their bytes
/// until one of them is written to.
///
/// The bytes are kept in a `ByteBuffer` because that is what a channel reads into and writes from: a received payload
/// becomes a datagram, and a datagram goes to a socket, without a copy.
///
/// A datagram holds less than 4 GiB, the most that any header can say; adding more is a programming error and traps.
public struct Datagram: Sendable {
    /// Read from index 0 on: the position of a byte in the datagram is its index in here.
    @usableFromInline
    var storage: ByteBuffer

    /// Whether `addStdfloat` and `getStdfloat` mean 64 bits; otherwise 32, as in Panda3D's own builds.
    ///
    /// The wire does not say which one a sender used. Neither `clear` nor `==` minds it.
    public var stdfloatDouble = false

    /// A datagram without any bytes.
    @inlinable
    public init() {
        self.storage = ByteBuffer()
    }

    /// A datagram of the readable bytes of `buffer`, which are shared and not copied.
    @inlinable
    public init(_ buffer: ByteBuffer) {
        self.storage = buffer.slice()
    }

    /// A datagram of a copy of `bytes`.
    @inlinable
    public init(_ bytes: some Collection<UInt8>) {
        self.storage = ByteBuffer(bytes: bytes)
    }

    /// How many bytes the datagram has.
    @inlinable
    public var byteCount: Int { self.storage.readableBytes }

    /// The payload as the buffer that a channel takes. Nothing is copied.
    @inlinable
    public var buffer: ByteBuffer { self.storage }

    /// A copy of the payload.
    @inlinable
    public var bytes: [UInt8] { Array(self.storage.readableBytesView) }

    /// Appends `bytes` as they are, without a count.
    @inlinable
    public mutating func appendData(_ bytes: some Collection<UInt8>) {
        self.storage.writeBytes(bytes)
    }

    /// Appends `byteCount` NULs.
    ///
    /// - Precondition: `byteCount` is not negative.
    @inlinable
    public mutating func padBytes(_ byteCount: Int) {
        self.storage.writeRepeatingByte(0, count: byteCount)
    }

    /// Takes every byte out, to begin anew. The room for them is kept.
    @inlinable
    public mutating func clear() {
        self.storage.clear(minimumCapacity: 0)
    }
}

extension Datagram: Equatable {
    /// Whether the bytes are the same, as in Panda3D `datagram.I`: `stdfloatDouble` is no part of the payload.
    @inlinable
    public static func == (left: Datagram, right: Datagram) -> Bool {
        left.storage == right.storage
    }
}

/// The same under the names that Panda3D's manual uses.
extension Datagram {
    /// `byteCount`.
    @inlinable
    public func getLength() -> Int { self.byteCount }

    /// `bytes`.
    @inlinable
    public func getMessage() -> [UInt8] { self.bytes }
}
