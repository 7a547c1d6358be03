/// Why bytes are no JSON.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// How many bytes before it were in order.
    public let offset: Int
    public let reason: String

    /// One line, without anything of what was read.
    public var description: String { "\(self.reason) at byte \(self.offset + 1)" }
}
