import Glibc

@testable import Engine

/// The system's calls, of which some fail as a test says; the others are real.
final class ScriptedSystem: SystemCalls, @unchecked Sendable {
    private struct Script {
        var accepts: [CInt] = []
        var sends: [CInt] = []
        var acceptCalls = 0
        var onAccept: (@Sendable () -> Void)?
    }

    private let script = Locked(Script())

    /// How often a client was to be accepted.
    var acceptCalls: Int { self.script.withLock { $0.acceptCalls } }

    /// The next calls of accept(2) fail with these errors, one after the other.
    func failAccepts(_ codes: CInt...) { self.script.withLock { $0.accepts += codes } }

    /// The next calls of send(2) fail with these errors, one after the other.
    func failSends(_ codes: CInt...) { self.script.withLock { $0.sends += codes } }

    /// Called once, within the next accept(2).
    func onAccept(_ body: @escaping @Sendable () -> Void) { self.script.withLock { $0.onAccept = body } }

    override func accept(
        _ listener: CInt,
        _ address: UnsafeMutablePointer<sockaddr_storage>,
        _ length: UnsafeMutablePointer<socklen_t>
    ) -> CInt {
        let (code, body) = self.script.withLock { script in
            script.acceptCalls += 1
            defer { script.onAccept = nil }
            return (script.accepts.isEmpty ? nil : script.accepts.removeFirst(), script.onAccept)
        }
        body?()
        if let code { return -code }
        return super.accept(listener, address, length)
    }

    override func send(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        let code = self.script.withLock { $0.sends.isEmpty ? nil : $0.sends.removeFirst() }
        return code.map { -Int($0) } ?? super.send(descriptor, bytes)
    }
}
