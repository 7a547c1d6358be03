/// Splits the fuzzer's bytes: first the choices, then the data.
struct FuzzInput {
    private(set) var rest: [UInt8]

    init(_ bytes: UnsafeRawBufferPointer) {
        self.rest = Array(bytes)
        self.rest.reverse()
    }

    /// Returns the next byte, or 0 at the end.
    mutating func byte() -> UInt8 {
        self.rest.popLast() ?? 0
    }

    /// Returns the next `count` bytes, or fewer at the end.
    mutating func bytes(_ count: Int) -> [UInt8] {
        let taken = self.rest.suffix(count)
        self.rest.removeLast(taken.count)
        return taken.reversed()
    }

    /// Returns all remaining bytes.
    mutating func remainder() -> [UInt8] {
        self.bytes(self.rest.count)
    }
}

/// Calls `body` with a copy of `bytes` in memory of exactly its size. So AddressSanitizer detects a read beyond the
/// copy.
func withExactMemory<Result>(of bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    return body(UnsafeRawBufferPointer(memory))
}
