import Glibc

@testable import Engine

/// Scripted calls of one event loop, of which accept(2) may be scripted from any thread.
final class ScriptedAccepts: ScriptedCalls, @unchecked Sendable {
    private struct Script {
        var errors: ArraySlice<CInt> = []
        var callCount = 0
        var onAccept: (@Sendable () -> Void)?
    }

    private let script = Locked(Script())

    /// How often a client was to be accepted.
    var acceptCalls: Int { self.script.withLock { $0.callCount } }

    /// The next calls fail with these errors, one after the other.
    func failAccepts(_ codes: CInt...) { self.script.withLock { $0.errors += codes } }

    /// Called once, within the next call.
    func onAccept(_ body: @escaping @Sendable () -> Void) { self.script.withLock { $0.onAccept = body } }

    override func accept(
        _ listener: CInt,
        _ address: UnsafeMutablePointer<sockaddr_storage>,
        _ length: UnsafeMutablePointer<socklen_t>
    ) -> CInt {
        let (code, body) = self.script.withLock { script in
            script.callCount += 1
            defer { script.onAccept = nil }
            return (script.errors.popFirst(), script.onAccept)
        }
        body?()
        if let code { return -code }
        return super.accept(listener, address, length)
    }
}
