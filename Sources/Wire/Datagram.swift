/// The payload of one message, written field by field: Panda3D's `Datagram` (`datagram.I`,
/// `datagram.cxx`).
///
/// The fields follow each other with nothing between them, and nothing says what they are: the reader must know.
/// Integers and floats are little-endian unless the method says `Be`. A datagram is a value; copies share their bytes
/// until one of them is written to.
///
/// Datagrams that arrived together can share one array. Each of them keeps the whole array in memory.
public struct Datagram: Sendable {
    @usableFromInline
    var storage: [UInt8]
    /// The indices of the datagram's bytes in `storage`: all of them but in a datagram that shares an array.
    @usableFromInline
    var range: Range<Int>

    /// Whether `addStdfloat` and `getStdfloat` mean 64 bits; otherwise 32, as in Panda3D's own builds.
    ///
    /// The wire does not say which one a sender used. Neither `clear` nor `==` minds it.
    public var stdfloatDouble = false

    /// A datagram without any bytes.
    @inlinable
    public init() {
        self.storage = []
        self.range = 0..<0
    }

    /// A datagram of the bytes of `array` in `range`, which are shared and not copied.
    ///
    /// - Precondition: `range` is in `array`.
    @inlinable
    public init(sharing array: [UInt8], range: Range<Int>) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= array.count,
            "An array of \(array.count) bytes has none at \(range)."
        )
        self.storage = array
        self.range = range
    }

    /// A datagram of a copy of `bytes`.
    @inlinable
    public init(_ bytes: some Collection<UInt8>) {
        self.storage = Array(bytes)
        self.range = self.storage.indices
    }

    /// How many bytes the datagram has.
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

    /// Appends `bytes` as they are, without a count.
    @inlinable
    public mutating func appendData(_ bytes: some Collection<UInt8>) {
        // A shared array may have bytes of others behind the datagram's.
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

    /// Takes every byte out, to begin anew. The room for them is kept.
    @inlinable
    public mutating func clear() {
        self.storage.removeAll(keepingCapacity: true)
        self.range = 0..<0
    }
}

extension Datagram: Equatable {
    /// Whether the bytes are the same, as in Panda3D `datagram.I`: `stdfloatDouble` is no part of the payload.
    @inlinable
    public static func == (left: Datagram, right: Datagram) -> Bool {
        left.storage[left.range] == right.storage[right.range]
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
