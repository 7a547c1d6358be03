import Testing
import Wire

/// A field of a datagram: its writer, its expected bytes, and its reader.
struct FieldCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// All bytes of the field.
    let bytes: [UInt8]
    /// The sizes of the field's parts. A reader takes each part whole or not at all.
    let parts: [Int]
    let add: @Sendable (inout Datagram) throws -> Void
    /// Reads the field and expects the value of this case.
    let expectValue: @Sendable (inout DatagramIterator) throws -> Void
    /// Reads the field without checking its value.
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

    /// The expected error when the field begins at `start` and is cut after its first `left` bytes.
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
