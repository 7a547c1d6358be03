import Engine
import Glibc
import Relay
import Wire

/// A port of one transport. TCP and UDP number their ports separately.
private struct Place: Hashable {
    let transport: Transport
    let port: Int
}

/// The rules that the parser of a single value cannot check, because they involve other settings or this host.
///
/// A refused setting holds its default, and no rule checks it. So one mistake gives one error.
enum ConfigurationRules {
    /// Checks every rule.
    ///
    /// - Parameter broadcasts: returns the broadcast addresses of this host's networks.
    static func check(
        _ configuration: Configuration,
        broadcasts: () throws(SystemError) -> Set<ListenAddress> = ListenAddress.broadcastsOfThisHost,
        _ findings: inout Findings
    ) {
        Self.someListener(configuration.listeners, &findings)
        Self.distinctNames(configuration.listeners, &findings)
        Self.ipv6OnlyWithIPv6(configuration.listeners, &findings)
        Self.noBroadcasts(configuration.listeners, broadcasts, &findings)
        Self.distinctPorts(configuration.listeners, &findings)
        Self.keysOfTheirTransport(configuration.listeners, &findings)
        Self.routableTypes(configuration, &findings)
        Self.includeSenderWhereTaken(configuration.routes, &findings)
        Self.roomForOneDatagram(configuration.limits, &findings)
    }

    private static func someListener(_ listeners: [ListenerSettings], _ findings: inout Findings) {
        guard listeners.isEmpty else { return }
        findings.report(
            "listener: found an empty array, expected at least one [[listener]]",
            at: findings.nearestPosition(SettingPath(section: "listener"))
        )
    }

    private static func distinctNames(_ listeners: [ListenerSettings], _ findings: inout Findings) {
        var lines: [String: Int] = [:]
        for (index, listener) in listeners.enumerated() {
            let section = SettingPath(section: "listener", index: index)
            guard findings.isSound(section), findings.isSound(section.key("name")) else { continue }
            if let line = lines[listener.name] {
                findings.report(
                    "listener.name: \(listener.name.quoted) is the name of the listener at line \(line); choose another name",
                    at: findings.nearestPosition(section.key("name"))
                )
            } else {
                lines[listener.name] = findings.nearestPosition(section).line
            }
        }
    }

    private static func ipv6OnlyWithIPv6(_ listeners: [ListenerSettings], _ findings: inout Findings) {
        for (index, listener) in listeners.enumerated() where listener.isIPv6Only {
            let section = SettingPath(section: "listener", index: index)
            guard findings.isSound(section.key("address")), listener.listenAddress?.isIPv4 == true else { continue }
            findings.report(
                "listener.ipv6_only: found true, expected false with the IPv4 address \(listener.address.quoted)",
                at: findings.nearestPosition(section.key("ipv6_only"))
            )
        }
    }

    /// Refuses broadcast addresses. The kernel lets a socket bind to one, but no client can reach it.
    private static func noBroadcasts(
        _ listeners: [ListenerSettings],
        _ broadcasts: () throws(SystemError) -> Set<ListenAddress>,
        _ findings: inout Findings
    ) {
        let paths = listeners.indices.map { SettingPath(section: "listener", index: $0, key: "address") }
        let candidates = zip(listeners, paths).filter { $0.listenAddress?.isIPv4 == true && findings.isSound($1) }
        guard let first = candidates.first else { return }
        do throws(SystemError) {
            let broadcasts = try broadcasts()
            for (listener, path) in candidates {
                guard let fault = listener.listenAddress?.fault(broadcasts: broadcasts) else { continue }
                findings.report(
                    "listener.address: found \(listener.address.quoted), \(fault.explanation) of this host;"
                        + " use the address of an interface",
                    at: findings.nearestPosition(path)
                )
            }
        } catch {
            findings.report(
                "listener.address: found \(first.0.address.quoted), but lobbyd cannot read the broadcast addresses"
                    + " of this host: \(String(cString: strerror(error.code)))",
                at: findings.nearestPosition(first.1)
            )
        }
    }

    private static func distinctPorts(_ listeners: [ListenerSettings], _ findings: inout Findings) {
        var taken: [Place: [(address: ListenAddress, line: Int)]] = [:]
        for (index, listener) in listeners.enumerated() where listener.port != 0 {
            let section = SettingPath(section: "listener", index: index)
            guard findings.isSound(section), findings.isSound(section.key("port")),
                findings.isSound(section.key("address")), findings.isSound(section.key("ipv6_only")),
                let address = listener.listenAddress
            else { continue }
            let place = Place(transport: listener.transport, port: listener.port)
            if let other = taken[place]?.first(where: { $0.address.overlaps(address) }) {
                let found = "port \(listener.port) of address \(listener.address.quoted)"
                findings.report(
                    "listener.port: \(found) is already taken by the listener at line \(other.line); choose another port",
                    at: findings.nearestPosition(section.key("port"))
                )
            }
            taken[place, default: []].append((address, findings.nearestPosition(section).line))
        }
    }

    private static func keysOfTheirTransport(_ listeners: [ListenerSettings], _ findings: inout Findings) {
        for (index, listener) in listeners.enumerated() {
            let section = SettingPath(section: "listener", index: index)
            guard findings.isSound(section.key("transport")) else { continue }
            let others = ListenerSettings.keys.filter { $0.isOnlyElsewhere(than: listener) }
            for key in others.map({ section.key($0.name) }) where findings.isSound(key) {
                guard let position = findings.position(key), let name = key.key else { continue }
                let transport = listener.transport.rawValue.quoted
                findings.report(
                    "listener.\(name): not valid with transport \(transport); remove this key",
                    at: position
                )
            }
        }
    }

    private static func includeSenderWhereTaken(_ routes: [RouteSettings], _ findings: inout Findings) {
        for (index, route) in routes.enumerated() where route.includeSender != nil {
            guard let handler = DatagramHandlers.named(route.handler), !handler.takesIncludeSender else { continue }
            let path = SettingPath(section: "route", index: index, key: "include_sender")
            let takers = DatagramHandlers.all.filter { $0.takesIncludeSender }.map { $0.name.quoted }.listed
            findings.report(
                "route.include_sender: not valid with handler \(route.handler.quoted), only with \(takers); remove this key",
                at: findings.nearestPosition(path)
            )
        }
    }

    private static func roomForOneDatagram(_ limits: LimitSettings, _ findings: inout Findings) {
        let section = SettingPath(section: "limits")
        let datagram = section.key("datagram_bytes")
        let neededBytes = limits.datagramBytes + Framing.longest.size
        for key in LimitSettings.keys {
            let path = section.key(key.name)
            guard let bytes = key.bytesForDatagram?(limits), bytes < neededBytes, findings.isSound(path),
                findings.isSound(datagram)
            else { continue }
            findings.report(
                "limits.\(key.name): found \(bytes), expected at least \(neededBytes)"
                    + " (limits.datagram_bytes plus its header), or 0 for no limit",
                at: findings.position(path) ?? findings.nearestPosition(datagram)
            )
        }
    }
}
