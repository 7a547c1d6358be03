import Testing
import Wire

/// One field of a datagram: how it is written, the bytes that this must give, and how it is read.
struct FieldCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// All the bytes of the field.
    let bytes: [UInt8]
    /// The field as a reader takes it: bytes that come together or not at all.
    let parts: [Int]
    let add: @Sendable (inout Datagram) throws -> Void
    /// Reads the field and expects the value of this case.
    let expectValue: @Sendable (inout DatagramIterator) throws -> Void
    /// Reads the field, whatever its value.
    let get: @Sendable (inout DatagramIterator) throws -> Void

    init<Value: Equatable & Sendable>(
        _ name: String,
        _ value: Value,
        _ bytes: [UInt8],
        parts: [Int]? = nil,
        add: @escaping @Sendable (inout Datagram, Value) throws -> Void,
        get: @escaping @Sendable (inout DatagramIterator) throws -> Value
    ) {
        self.testDescription = "\(name) \(value)"
        self.bytes = bytes
        self.parts = parts ?? [bytes.count]
        self.add = { try add(&$0, value) }
        self.expectValue = { iterator in
            let read = try get(&iterator)
            #expect(read == value)
        }
        self.get = { _ = try get(&$0) }
    }

    /// What reading throws when only the first `left` bytes of the field are there and the field begins at `start`.
    func error(left: Int, start: Int) -> WireError {
        var partStart = 0
        for part in self.parts {
            if left < partStart + part {
                return .outOfBounds(position: start + partStart, wanted: part, left: left - partStart)
            }
            partStart += part
        }
        preconditionFailure("The field is whole.")
    }
}
