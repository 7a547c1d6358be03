/// Assigns message types to a handler.
public struct Route: Sendable {
    /// The message types; a single type is a range of one.
    public let types: [ClosedRange<Int>]
    public let handler: any DatagramHandler

    public init(types: [ClosedRange<Int>], handler: any DatagramHandler) {
        self.types = types
        self.handler = handler
    }
}
