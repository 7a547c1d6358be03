import CLinux
import Glibc

/// The error of a failed system call.
public struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The error number, such as `EADDRINUSE`.
    public let code: CInt
    /// The name of the call, such as `bind`.
    public let call: String

    public init(code: CInt, call: String) {
        self.code = code
        self.call = call
    }

    /// Turns a failed system call into an error.
    ///
    /// - Returns: `result`.
    /// - Throws: errno when `result` is negative.
    @discardableResult
    static func check(_ result: CInt, _ call: String) throws(SystemError) -> CInt {
        guard result >= 0 else { throw SystemError(code: errno, call: call) }
        return result
    }

    /// The name of the call and the system's text for the error number.
    public var description: String { "\(self.call): \(String(cString: strerror(self.code)))" }
}
