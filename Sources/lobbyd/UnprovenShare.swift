import Logging

/// The limits of a configuration in which spoofed UDP addresses could occupy every connection slot.
struct UnprovenShare: Equatable {
    /// nil is no limit.
    let connections: Int?
    let unproven: Int?

    /// nil if spoofed addresses cannot occupy every slot.
    init?(_ configuration: Configuration) {
        let limits = configuration.limits
        // With `udp_proof = "none"`, the operator trusts every address.
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
