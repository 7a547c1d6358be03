/// The handlers that a configuration can name.
public enum DatagramHandlers {
    /// One line each.
    public static let all: [any DatagramHandler.Type] = [
        EchoHandler.self,
        BroadcastHandler.self,
        DropHandler.self,
    ]

    /// The handler called `name`; nil when there is none.
    public static func named(_ name: String) -> (any DatagramHandler.Type)? {
        self.all.first { $0.name == name }
    }
}
