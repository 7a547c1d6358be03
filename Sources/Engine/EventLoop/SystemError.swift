import CLinux
import Glibc

/// A system call that failed.
public struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The error number, such as `EADDRINUSE`.
    public let code: CInt
    /// The name of the call, such as `bind`.
    public let call: String

    public init(code: CInt, call: String) {
        self.code = code
        self.call = call
    }

    /// - Returns: what the call has returned.
    /// - Throws: errno where that is negative.
    @discardableResult
    static func check(_ result: CInt, _ call: String) throws(SystemError) -> CInt {
        guard result >= 0 else { throw SystemError(code: errno, call: call) }
        return result
    }

    /// The call and what the system says about the number.
    public var description: String { "\(self.call): \(String(cString: strerror(self.code)))" }
}
