import Logging

/// A configuration in which addresses over UDP that anyone can make up may take every place.
struct UnprovenShare: Equatable {
    /// nil is no limit.
    let connections: Int?
    let unproven: Int?

    /// nil where they can't.
    init?(_ configuration: Configuration) {
        let limits = configuration.limits
        // Without a proof they would all be taken for real, as the operator has said.
        guard limits.udpProof == .tcp, configuration.listeners.contains(where: { $0.transport == .udp }) else {
            return nil
        }
        if let unproven = limits.udpUnprovenConnections, unproven < limits.connections ?? .max { return nil }
        (self.connections, self.unproven) = (limits.connections, limits.udpUnprovenConnections)
    }

    var metadata: Logger.Metadata {
        [
            "udp_unproven_connections": Self.text(self.unproven),
            "connections": Self.text(self.connections),
        ]
    }

    private static func text(_ limit: Int?) -> Logger.MetadataValue { "\(limit.map(String.init) ?? "no limit")" }
}
