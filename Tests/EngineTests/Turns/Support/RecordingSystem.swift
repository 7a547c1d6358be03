import Glibc

@testable import Engine

/// A kernel that records what it is sent, and takes as much of it as a test says.
// @unchecked: all loops of a test are on its thread.
final class RecordingSystem: SystemCalls, @unchecked Sendable {
    /// By descriptor, the bytes of each call that took some.
    private var sends: [CInt: [[UInt8]]] = [:]
    /// By descriptor: how many bytes it takes before it is full. A descriptor that is not here takes all.
    var room: [CInt: Int] = [:]
    /// Calls so far, those included that took nothing.
    private(set) var sendCount = 0
    /// Bytes that were taken.
    private(set) var sentBytes = 0
    /// Called before each call.
    var willSend: (CInt) -> Void = { _ in }
    /// What is sent on descriptors from here on is not kept for `takeSends`.
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

    /// What each call since the last look was sent.
    func takeSends(_ descriptor: CInt) -> [[UInt8]] { self.sends.removeValue(forKey: descriptor) ?? [] }
}
