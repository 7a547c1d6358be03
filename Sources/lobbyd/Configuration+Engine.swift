import Engine
import Relay

extension Configuration {
    /// The router for the configured routes.
    ///
    /// - Precondition: the handlers exist, as in each parsed configuration.
    var router: Router {
        Router(
            messageType: self.relay.messageType,
            routes: self.routes.map { route in
                Route(types: route.types, handler: self.handler(route.handler, includeSender: route.includeSender))
            },
            fallback: self.handler(self.relay.defaultHandler, includeSender: nil)
        )
    }

    /// One router for each event loop.
    ///
    /// - Parameter count: the number of running event loops. The number of cores may have changed since the loops
    ///   started.
    func routers(_ count: Int) -> [Router] {
        (0..<count).map { _ in self.router }
    }

    private func handler(_ name: String, includeSender: Bool?) -> any DatagramHandler {
        guard let type = DatagramHandlers.named(name) else {
            preconditionFailure("a parsed configuration with an unknown handler: \(name)")
        }
        return type.init(HandlerOptions(includeSender: includeSender ?? self.relay.includeSender))
    }
}

extension Configuration {
    var engineLimits: Limits {
        Limits(
            connections: self.limits.connections,
            datagramBytes: self.limits.datagramBytes,
            datagramsPerSecond: self.limits.datagramsPerSecond,
            bytesPerSecond: self.limits.bytesPerSecond,
            broadcastBytesPerSecond: self.limits.broadcastBytesPerSecond,
            throttleAge: self.limits.throttleAge.limit,
            pendingBytes: self.limits.pendingBytes,
            pendingDatagrams: self.limits.pendingDatagrams,
            pendingAge: self.limits.pendingAge.limit,
            pendingBytesTotal: self.limits.pendingBytesTotal,
            slowConsumer: self.limits.slowConsumer,
            unfinishedBytesTotal: self.limits.unfinishedBytesTotal,
            frameTimeout: self.limits.frameTimeout.limit,
            idleTimeout: self.limits.idleTimeout.limit,
            keepAlive: self.limits.keepAlive.limit,
            connectionsPerAddress: self.limits.connectionsPerAddress,
            acceptsPerSecondPerAddress: self.limits.acceptsPerSecondPerAddress,
            unprovenUDPConnections: self.limits.udpUnprovenConnections,
            udpPortsPerConnection: self.limits.udpPortsPerConnection,
            unprovenUDPAnswersPerSecond: self.limits.udpUnprovenAnswersPerSecond,
            access: AccessList(allow: self.access.allow, deny: self.access.deny)
        )
    }
}

extension LimitSettings {
    var udpIdleTimeout: Duration {
        self.idleTimeout == .zero ? Self.udpIdleTimeoutDefault : self.idleTimeout
    }
}

extension Duration {
    /// nil (no limit) for zero.
    fileprivate var limit: Duration? { self == .zero ? nil : self }
}

extension ServerSettings {
    /// The number of event loops to start, at least 1.
    var eventLoopCount: Int {
        self.eventLoops == 0 ? ConnectionManager.eventLoopsOfThisMachine : self.eventLoops
    }
}
