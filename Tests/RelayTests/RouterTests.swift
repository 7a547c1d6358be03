import Testing
import Wire

@testable import Relay

@Suite("Router")
struct RouterTests {
    static let options = HandlerOptions(includeSender: true)
    let echo = EchoHandler(Self.options)
    let broadcast = BroadcastHandler(Self.options)
    let drop = DropHandler(Self.options)

    private func route(
        _ payloads: [[UInt8]],
        _ messageType: MessageType,
        _ routes: [Route],
        framing: Framing = .two
    ) -> [RecordingOutlet.Deed] {
        let router = Router(messageType: messageType, routes: routes, fallback: self.broadcast)
        return deeds(of: payloads, framing: framing) { run, outlet in router.route(run, to: outlet) }
    }

    @Test("without routes, the default handler gets the whole run", arguments: MessageType.allCases)
    func noRoutes(messageType: MessageType) {
        let payloads: [[UInt8]] = [[1], [], [2, 2]]
        #expect(self.route(payloads, messageType, []) == [.broadcast(payloads, includingSender: true)])
    }

    @Test("a run is split only where the route changes", arguments: [Framing.two, .four])
    func split(framing: Framing) {
        let routes = [Route(types: [1...1], handler: self.echo), Route(types: [5...7], handler: self.drop)]
        let payloads: [[UInt8]] = [[1, 0], [1, 1], [9], [8], [5], [6], [7, 7], [1], [0], [4]]
        #expect(
            self.route(payloads, .uint8, routes, framing: framing) == [
                .reply([[1, 0], [1, 1]]), .broadcast([[9], [8]], includingSender: true), .drop([[5], [6], [7, 7]]),
                .reply([[1]]), .broadcast([[0], [4]], includingSender: true),
            ]
        )
    }

    @Test("a u16 type is little-endian, and the smallest and largest type match")
    func wideTypes() {
        let routes = [
            Route(types: [0...0, 65_535...65_535], handler: self.echo),
            Route(types: [0x0102...0x0102], handler: self.drop),
        ]
        let payloads: [[UInt8]] = [[0, 0], [0xFF, 0xFF, 9], [2, 1], [1, 2]]
        #expect(
            self.route(payloads, .uint16, routes) == [
                .reply([[0, 0], [0xFF, 0xFF, 9]]), .drop([[2, 1]]), .broadcast([[1, 2]], includingSender: true),
            ]
        )
    }

    @Test("a payload too short for a type goes to the default handler")
    func tooShort() {
        let all8 = [Route(types: [0...255], handler: self.echo)]
        #expect(
            self.route([[], [0]], .uint8, all8) == [.broadcast([[]], includingSender: true), .reply([[0]])]
        )
        let all16 = [Route(types: [0...65_535], handler: self.echo)]
        #expect(
            self.route([[], [0], [0, 0]], .uint16, all16) == [
                .broadcast([[], [0]], includingSender: true), .reply([[0, 0]]),
            ]
        )
    }

    @Test("the first of two routes with the same type wins")
    func firstRouteWins() {
        let routes = [Route(types: [1...1], handler: self.echo), Route(types: [0...9], handler: self.drop)]
        #expect(self.route([[1], [2]], .uint8, routes) == [.reply([[1]]), .drop([[2]])])
    }

    @Test("the router hands on at most the allowed number of parts, and returns their byte count", arguments: 1...6)
    func partsMax(partsMax: Int) {
        let router = Router(
            messageType: .uint8,
            routes: [Route(types: [1...1], handler: self.echo)],
            fallback: self.broadcast
        )
        let parts: [[[UInt8]]] = [[[1], [1, 2]], [[9]], [[1]], [[8], [7], []]]
        var rest = Array(parts.joined())
        var handled: [RecordingOutlet.Deed] = []
        for start in stride(from: 0, to: parts.count, by: partsMax) {
            let expected = parts.dropFirst(start).prefix(partsMax)
            var takenBytes = 0
            let deeds = deeds(of: rest) { takenBytes = router.route($0, to: $1, partsMax: partsMax) }
            #expect(deeds.count == expected.count)
            #expect(takenBytes == expected.joined().map { $0.count + 2 }.reduce(0, +))
            handled += deeds
            rest.removeFirst(expected.joined().count)
        }
        #expect(rest.isEmpty)
        #expect(handled == deeds(of: Array(parts.joined())) { router.route($0, to: $1) })
    }

    @Test("when a rate holds back the end of a part, the rest of the run is not handed on", arguments: [false, true])
    func heldBack(isUniform: Bool) {
        let routes = isUniform ? [] : [Route(types: [1...1], handler: self.echo)]
        let router = Router(messageType: .uint8, routes: routes, fallback: self.broadcast)
        let payloads: [[UInt8]] = isUniform ? [[9], [8], [7, 7]] : [[1], [9], [8], [7, 7], [1]]
        let deeds = deeds(of: payloads) { run, outlet in
            outlet.heldBackByBroadcast = 7
            #expect(router.route(run, to: outlet) == (isUniform ? 3 : 6))
        }
        #expect(deeds.count == (isUniform ? 1 : 2))
    }

    @Test("hundreds of routes are distinguished")
    func manyRoutes() {
        let drops = (0..<299).map { Route(types: [$0...$0], handler: self.drop) }
        let routes = drops + [Route(types: [299...299], handler: self.echo)]
        // The types 298, 299 and 300 in little-endian.
        let payloads: [[UInt8]] = [[0x2A, 1], [0x2B, 1], [0x2C, 1]]
        #expect(
            self.route(payloads, .uint16, routes) == [
                .drop([payloads[0]]), .reply([payloads[1]]), .broadcast([payloads[2]], includingSender: true),
            ]
        )
    }
}

@Suite("Handlers")
struct HandlerTests {
    @Test("each handler performs its own actions", arguments: [true, false])
    func actions(includeSender: Bool) throws {
        let options = HandlerOptions(includeSender: includeSender)
        let expected: [String: [RecordingOutlet.Deed]] = [
            "echo": [.reply([[1]])],
            "broadcast": [.broadcast([[1]], includingSender: includeSender)],
            "drop": [.drop([[1]])],
        ]
        #expect(Set(DatagramHandlers.all.map { $0.name }) == Set(expected.keys))
        for (name, actions) in expected {
            let handler = try #require(DatagramHandlers.named(name)).init(options)
            #expect(deeds(of: [[1]]) { run, outlet in handler.handle(run, to: outlet) } == actions)
        }
    }

    @Test("an unknown handler name is not found")
    func unknown() {
        #expect(DatagramHandlers.named("Echo") == nil)
        #expect(DatagramHandlers.named("") == nil)
    }

    @Test("only broadcast takes include_sender")
    func takesIncludeSender() {
        #expect(DatagramHandlers.all.filter { $0.takesIncludeSender }.map { $0.name } == ["broadcast"])
    }
}
