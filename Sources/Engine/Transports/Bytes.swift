import CLinux
import Glibc

/// A growable buffer of bytes with one owner.
struct Bytes: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private(set) var count = 0
    private(set) var capacity = 0

    deinit { free(self.base) }

    var isEmpty: Bool { self.count == 0 }

    /// The bytes in the buffer. Valid until the next change.
    var view: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: self.base, count: self.count) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        memcpy(self.appendUninitialized(byteCount: bytes.count), source, bytes.count)
    }

    /// - Returns: the start of the new bytes. The caller writes all of them.
    mutating func appendUninitialized(byteCount: Int) -> UnsafeMutableRawPointer {
        if self.count + byteCount > self.capacity { self.grow(to: max(self.count + byteCount, self.capacity * 2, 64)) }
        guard let base else { preconditionFailure("a grown buffer has no memory") }
        defer { self.count += byteCount }
        return base + self.count
    }

    private mutating func grow(to capacity: Int) {
        self.base = realloc(self.base, capacity)
        precondition(self.base != nil, "out of memory")
        self.capacity = capacity
    }

    /// - Parameter limit: memory beyond this limit is freed, so that a single burst does not hold its memory forever.
    mutating func removeAll(keepingCapacityUpTo limit: Int) {
        self.count = 0
        if self.capacity > limit { self = Bytes() }
    }

    mutating func removeFirst(_ byteCount: Int) {
        guard byteCount > 0, let base else { return }
        self.count -= byteCount
        memmove(base, base + byteCount, self.count)
    }
}

/// Immutable bytes that connections or event loops share.
// @unchecked: the memory is written only before the object is shared.
final class SharedBytes: @unchecked Sendable {
    private let bytes: Bytes

    init(_ bytes: consuming Bytes) {
        self.bytes = bytes
    }

    convenience init(copying view: UnsafeRawBufferPointer) {
        var bytes = Bytes()
        bytes.append(view)
        self.init(bytes)
    }

    var view: UnsafeRawBufferPointer { self.bytes.view }
    var count: Int { self.bytes.count }
}
