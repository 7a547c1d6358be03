import Relay

extension ConfigurationRules {
    /// Checks that each route's types fit into the type field of a payload, and that no type has two routes.
    static func routableTypes(_ configuration: Configuration, _ findings: inout Findings) {
        let messageType = configuration.relay.messageType
        guard !configuration.routes.isEmpty, findings.isSound(SettingPath(section: "relay", key: "message_type")) else {
            return
        }
        guard let values = messageType.values else {
            let message = "route: not valid with relay.message_type \(messageType.rawValue.quoted); remove the routes"
            return findings.report(message, at: findings.nearestPosition(SettingPath(section: "route")))
        }
        var owners = TypeOwners(values: values)
        for (index, route) in configuration.routes.enumerated() {
            let path = SettingPath(section: "route", index: index, key: "types")
            for (element, types) in route.types.enumerated() {
                let position = findings.nearestPosition(path.element(element))
                guard values.contains(types.upperBound) else {
                    let message = "found \(types.upperBound), expected \(values.lowerBound) to \(values.upperBound)"
                    let reason = "with relay.message_type \(messageType.rawValue.quoted)"
                    findings.report("route.types: \(message) \(reason)", at: position)
                    continue
                }
                guard let (type, owner) = owners.claim(types, for: index) else { continue }
                let line = findings.nearestPosition(SettingPath(section: "route", index: owner)).line
                let place = owner == index ? "in this route twice" : "already in the route at line \(line)"
                findings.report("route.types: type \(type) is \(place); remove one", at: position)
            }
        }
    }
}

/// The route of each type.
private struct TypeOwners {
    private var routes: [Int?]

    init(values: ClosedRange<Int>) {
        self.routes = Array(repeating: nil, count: values.upperBound + 1)
    }

    /// Gives `types` to `route`. Stops at the first type that already has a route: this bounds the time that a
    /// malicious file can cost.
    mutating func claim(_ types: ClosedRange<Int>, for route: Int) -> (type: Int, owner: Int)? {
        for type in types {
            if let owner = self.routes[type] { return (type, owner) }
            self.routes[type] = route
        }
        return nil
    }
}
