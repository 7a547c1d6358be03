/// Takes the fuzzer's bytes apart: choices first, then the data that they are about.
struct FuzzInput {
    private(set) var rest: [UInt8]

    init(_ bytes: UnsafeRawBufferPointer) {
        self.rest = Array(bytes)
        self.rest.reverse()
    }

    /// The next byte; 0 when there is none left.
    mutating func byte() -> UInt8 {
        self.rest.popLast() ?? 0
    }

    /// The next `count` bytes, or as many as there are.
    mutating func bytes(_ count: Int) -> [UInt8] {
        let taken = self.rest.suffix(count)
        self.rest.removeLast(taken.count)
        return taken.reversed()
    }

    /// All that is left.
    mutating func remainder() -> [UInt8] {
        self.bytes(self.rest.count)
    }
}

/// Calls `body` with a copy of `bytes` that has memory of exactly its size, so that AddressSanitizer sees a read beyond it.
func withExactMemory<Result>(of bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    return body(UnsafeRawBufferPointer(memory))
}
