import Glibc

@testable import Engine

/// System calls with results of a test's own, one after the other; behind them the system's.
///
/// It belongs to the thread of the test, which is that of the event loop.
class ScriptedCalls: SystemCalls, @unchecked Sendable {
    enum Step {
        /// The call fails with that error number.
        case fails(CInt)
        /// The system gets no more of the bytes than that.
        case takes(Int)
        /// The system does the call.
        case real
    }

    /// What the next calls of send(2) do.
    var sends: [Step] = []
    /// What each send does behind those of `sends`.
    var everySend = Step.real
    /// What the next calls of recv(2) do.
    var receives: [Step] = []
    private(set) var sendCount = 0
    private(set) var receiveCount = 0

    override func send(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        self.sendCount += 1
        switch self.sends.isEmpty ? self.everySend : self.sends.removeFirst() {
        case .fails(let code): return -Int(code)
        case .takes(let byteCount):
            return super.send(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(byteCount)))
        case .real: return super.send(descriptor, bytes)
        }
    }

    override func receive(_ descriptor: CInt, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        self.receiveCount += 1
        switch self.receives.isEmpty ? .real : self.receives.removeFirst() {
        case .fails(let code): return -Int(code)
        case .takes(let byteCount):
            return super.receive(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(byteCount)))
        case .real: return super.receive(descriptor, buffer)
        }
    }
}
