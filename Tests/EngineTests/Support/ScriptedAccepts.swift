import Glibc

@testable import Engine

/// The scripted system calls of one event loop. Any thread may script accept(2).
final class ScriptedAccepts: ScriptedCalls, @unchecked Sendable {
    private struct Script {
        var errors: ArraySlice<CInt> = []
        var callCount = 0
        var onAccept: (@Sendable () -> Void)?
    }

    private let script = Locked(Script())

    /// The number of accept(2) calls so far.
    var acceptCalls: Int { self.script.withLock { $0.callCount } }

    /// Makes the next calls fail with these errors, one after the other.
    func failAccepts(_ codes: CInt...) { self.script.withLock { $0.errors += codes } }

    /// Runs the closure once, during the next call.
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
