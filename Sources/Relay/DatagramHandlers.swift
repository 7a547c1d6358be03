/// The handlers that a configuration can name.
public enum DatagramHandlers {
    /// One line for each handler.
    public static let all: [any DatagramHandler.Type] = [
        EchoHandler.self,
        BroadcastHandler.self,
        DropHandler.self,
    ]

    /// Returns the handler called `name`, or nil if the name is unknown.
    public static func named(_ name: String) -> (any DatagramHandler.Type)? {
        self.all.first { $0.name == name }
    }
}
