import Glibc

@testable import Engine

/// A kernel that records sent bytes and takes as many of them as the test allows.
// @unchecked: only the test's thread uses it, and runs all event loops.
final class RecordingSystem: SystemCalls, @unchecked Sendable {
    /// The bytes of each successful send, by descriptor.
    private var sends: [CInt: [[UInt8]]] = [:]
    /// The number of bytes that each descriptor still takes; a missing descriptor takes all.
    var room: [CInt: Int] = [:]
    /// The number of calls, including the failed ones.
    private(set) var sendCount = 0
    /// The number of bytes taken.
    private(set) var sentBytes = 0
    /// Called before each call.
    var willSend: (CInt) -> Void = { _ in }
    /// `takeSends` has no data for descriptors from this number on.
    var recordedEnd = CInt.max

    override func send(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        self.willSend(descriptor)
        self.sendCount += 1
        let taken = min(self.room[descriptor] ?? bytes.count, bytes.count)
        if let room = self.room[descriptor] { self.room[descriptor] = room - taken }
        guard taken > 0 else { return -Int(EAGAIN) }
        self.sentBytes += taken
        if descriptor < self.recordedEnd { self.sends[descriptor, default: []].append(Array(bytes[..<taken])) }
        return taken
    }

    /// Returns and forgets the bytes of each successful send.
    func takeSends(_ descriptor: CInt) -> [[UInt8]] { self.sends.removeValue(forKey: descriptor) ?? [] }
}
