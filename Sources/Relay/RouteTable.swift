import Wire

/// Which of several handlers a payload goes to, by its message type: one look into a table.
struct RouteTable: Sendable {
    /// What no route names, and a payload too short to have a type.
    static let defaultRoute: UInt8 = 0

    private let messageType: MessageType
    /// The number of the route for each message type; empty when all take the default.
    private let routes: [UInt8]

    /// - Parameter types: the message types of route 1, of route 2 and so on. A type that several name goes to the first.
    /// - Precondition: at most 255 routes, and no type beyond what `messageType` can say.
    init(messageType: MessageType, types: [[ClosedRange<Int>]]) {
        self.messageType = messageType
        guard let values = messageType.values, !types.isEmpty else {
            self.routes = []
            return
        }
        precondition(types.count <= Int(UInt8.max), "more routes than a table entry can number")
        var routes = [UInt8](repeating: Self.defaultRoute, count: values.count)
        for (index, ranges) in types.enumerated().reversed() {
            for type in ranges.joined() { routes[type] = UInt8(index + 1) }
        }
        self.routes = routes
    }

    /// Whether every payload takes the default.
    var isUniform: Bool { self.routes.isEmpty }

    /// The number of the route that a payload takes.
    func route(of payload: UnsafeRawBufferPointer) -> UInt8 {
        switch self.messageType {
        case .uint8 where payload.count >= 1:
            self.routes[Int(payload[0])]
        case .uint16 where payload.count >= 2:
            self.routes[Int(UInt16(littleEndian: payload.loadUnaligned(as: UInt16.self)))]
        case .uint8, .uint16, .none:
            Self.defaultRoute
        }
    }
}
