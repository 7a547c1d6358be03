import CLinux
import Glibc

/// A growable buffer of bytes with one owner.
struct Bytes: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private(set) var count = 0
    private(set) var capacity = 0

    deinit { free(self.base) }

    var isEmpty: Bool { self.count == 0 }

    /// What it holds, until it is changed.
    var view: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: self.base, count: self.count) }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        memcpy(self.appendUninitialized(byteCount: bytes.count), source, bytes.count)
    }

    /// - Returns: where the new bytes begin; the caller writes all of them.
    mutating func appendUninitialized(byteCount: Int) -> UnsafeMutableRawPointer {
        if self.count + byteCount > self.capacity { self.grow(to: max(self.count + byteCount, self.capacity * 2, 64)) }
        guard let base else { preconditionFailure("a buffer without memory") }
        defer { self.count += byteCount }
        return base + self.count
    }

    private mutating func grow(to capacity: Int) {
        self.base = realloc(self.base, capacity)
        precondition(self.base != nil, "out of memory")
        self.capacity = capacity
    }

    /// - Parameter limit: more memory than that goes back, so that one burst does not hold it for ever.
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

/// Bytes that do not change, shared by connections or event loops.
// @unchecked: the memory is written only before anybody else knows the object.
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
