/// The payload of one message, written field by field: Panda3D's `Datagram` (`datagram.I`, `datagram.cxx`).
///
/// The fields follow each other without separators or type tags; the reader must know the layout. Integers and floats
/// are little-endian unless the method's name contains `Be`. A datagram is a value; copies share their bytes until one
/// copy is changed.
///
/// Datagrams that arrived together can share one array. Each of them keeps the whole array in memory.
public struct Datagram: Sendable {
    @usableFromInline
    var storage: [UInt8]
    /// The indices of the datagram's bytes in `storage`. They cover all of `storage` unless datagrams share the array.
    @usableFromInline
    var range: Range<Int>

    /// Whether `addStdfloat` and `getStdfloat` use 64 bits. The default is 32 bits, as in Panda3D's own builds.
    ///
    /// The bytes on the wire do not show which size the sender used. `clear` keeps this setting, and `==` ignores it.
    public var stdfloatDouble = false

    /// An empty datagram.
    @inlinable
    public init() {
        self.storage = []
        self.range = 0..<0
    }

    /// A datagram that shares the bytes of `array` in `range` instead of copying them.
    ///
    /// - Precondition: `range` is in `array`.
    @inlinable
    public init(sharing array: [UInt8], range: Range<Int>) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= array.count,
            "The range \(range) is outside of the array of \(array.count) bytes."
        )
        self.storage = array
        self.range = range
    }

    /// A datagram with a copy of `bytes`.
    @inlinable
    public init(_ bytes: some Collection<UInt8>) {
        self.storage = Array(bytes)
        self.range = self.storage.indices
    }

    /// The number of bytes in the datagram.
    @inlinable
    public var byteCount: Int { self.range.count }

    /// A copy of the payload.
    @inlinable
    public var bytes: [UInt8] { Array(self.storage[self.range]) }

    /// Calls `body` with the payload in place. The pointer is valid only during the call.
    @inlinable
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self.storage.withUnsafeBufferPointer { bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[self.range]))
        }
    }

    /// Appends `bytes` unchanged and without a count.
    @inlinable
    public mutating func appendData(_ bytes: some Collection<UInt8>) {
        // A shared array may hold other datagrams after this one. Appending therefore copies this datagram's bytes
        // first.
        if self.range != self.storage.indices { self.storage = self.bytes }
        self.storage.append(contentsOf: bytes)
        self.range = self.storage.indices
    }

    /// Appends `byteCount` NULs.
    ///
    /// - Precondition: `byteCount` is not negative.
    @inlinable
    public mutating func padBytes(_ byteCount: Int) {
        self.appendData(repeatElement(0, count: byteCount))
    }

    /// Removes all bytes and keeps the allocated memory for new ones.
    @inlinable
    public mutating func clear() {
        self.storage.removeAll(keepingCapacity: true)
        self.range = 0..<0
    }
}

extension Datagram: Equatable {
    /// Compares the bytes, as Panda3D `datagram.I` does. `stdfloatDouble` is not part of the payload and is ignored.
    @inlinable
    public static func == (left: Datagram, right: Datagram) -> Bool {
        left.storage[left.range] == right.storage[right.range]
    }
}

/// The same operations under the names in Panda3D's manual.
extension Datagram {
    /// Returns `byteCount`.
    @inlinable
    public func getLength() -> Int { self.byteCount }

    /// Returns `bytes`.
    @inlinable
    public func getMessage() -> [UInt8] { self.bytes }
}
