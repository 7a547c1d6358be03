import Glibc

@testable import Engine

/// System calls with scripted results. After the script, the real calls run.
///
/// Only the test's thread, which also runs the event loop, may use it.
class ScriptedCalls: SystemCalls, @unchecked Sendable {
    enum Step {
        /// The call fails with this error number.
        case fails(CInt)
        /// The real call gets at most this many bytes.
        case takes(Int)
        /// The real call runs.
        case real
    }

    /// The results of the next send(2) calls.
    var sends: [Step] = []
    /// The result of each send(2) after those in `sends`.
    var everySend = Step.real
    /// The results of the next recv(2) calls.
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
