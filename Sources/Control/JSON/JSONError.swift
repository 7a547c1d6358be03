/// The reason why bytes are not valid JSON.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The number of valid bytes before the error.
    public let offset: Int
    public let reason: String

    /// One line that contains no byte of the input.
    public var description: String { "\(self.reason) at byte \(self.offset + 1)" }
}
