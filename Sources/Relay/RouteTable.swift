import Wire

/// Maps a payload to the number of its route by message type, with one table lookup.
struct RouteTable: Sendable {
    /// The route of message types that no route lists, and of payloads that are too short for a type.
    static let defaultRoute: UInt16 = 0

    private let messageType: MessageType
    /// The route of each message type; empty if all types take the default.
    private let routes: [UInt16]

    /// - Parameter types: the message types of route 1, route 2 and so on. If several routes list a type, the first one
    ///   gets it.
    /// - Precondition: at most 65,535 routes, and no type outside `messageType.values`.
    init(messageType: MessageType, types: [[ClosedRange<Int>]]) {
        self.messageType = messageType
        guard let values = messageType.values, !types.isEmpty else {
            self.routes = []
            return
        }
        precondition(types.count <= Int(UInt16.max), "more routes than a table entry can number")
        var routes = [UInt16](repeating: Self.defaultRoute, count: values.count)
        for (index, ranges) in types.enumerated().reversed() {
            for type in ranges.joined() { routes[type] = UInt16(index + 1) }
        }
        self.routes = routes
    }

    /// Whether every payload takes the default.
    var isUniform: Bool { self.routes.isEmpty }

    /// Returns the number of the payload's route.
    func route(of payload: UnsafeRawBufferPointer) -> UInt16 {
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
