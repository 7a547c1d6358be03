/// The payload of one message, written field by field: Panda3D's `Datagram` (`datagram.I`,
/// `datagram.cxx`).
///
/// The fields follow each other with nothing between them, and nothing says what they are: the reader must know.
/// Integers and floats are little-endian unless the method says `Be`. A datagram is a value; copies share their bytes
/// until one of them is written to.
///
/// Datagrams that arrived together can be slices of one array. Each of them keeps the whole array in memory.
public struct Datagram: Sendable {
    /// Its start index is that of the array which it is part of; positions in a datagram count from 0.
    @usableFromInline
    var storage: ArraySlice<UInt8>

    /// Whether `addStdfloat` and `getStdfloat` mean 64 bits; otherwise 32, as in Panda3D's own builds.
    ///
    /// The wire does not say which one a sender used. Neither `clear` nor `==` minds it.
    public var stdfloatDouble = false

    /// A datagram without any bytes.
    @inlinable
    public init() {
        self.storage = []
    }

    /// A datagram of the bytes of `slice`, which are shared and not copied.
    @inlinable
    public init(_ slice: ArraySlice<UInt8>) {
        self.storage = slice
    }

    /// A datagram of a copy of `bytes`.
    @inlinable
    public init(_ bytes: some Collection<UInt8>) {
        self.storage = ArraySlice(bytes)
    }

    /// How many bytes the datagram has.
    @inlinable
    public var byteCount: Int { self.storage.count }

    /// A copy of the payload.
    @inlinable
    public var bytes: [UInt8] { Array(self.storage) }

    /// Calls `body` with the payload in place. The pointer is valid only during the call.
    @inlinable
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self.storage.withUnsafeBufferPointer { bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Appends `bytes` as they are, without a count.
    @inlinable
    public mutating func appendData(_ bytes: some Collection<UInt8>) {
        self.storage.append(contentsOf: bytes)
    }

    /// Appends `byteCount` NULs.
    ///
    /// - Precondition: `byteCount` is not negative.
    @inlinable
    public mutating func padBytes(_ byteCount: Int) {
        self.storage.append(contentsOf: repeatElement(0, count: byteCount))
    }

    /// Takes every byte out, to begin anew. The room for them is kept.
    @inlinable
    public mutating func clear() {
        self.storage.removeAll(keepingCapacity: true)
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
