import Engine
import Testing

@testable import lobbyd

@Suite("Plan of a reload")
struct ReloadPlanTests {
    private let old = Configuration()

    private func plan(_ change: (inout Configuration) -> Void) -> ReloadPlan {
        var new = self.old
        change(&new)
        return ReloadPlan(old: self.old, new: new)
    }

    @Test("an equal configuration has no changes")
    func equal() {
        let plan = self.plan { _ in }
        #expect(plan.changes == SettingChanges())
        #expect(plan.configuration == self.old)
    }

    @Test("each changed setting is named with its new and old value, and applies")
    func live() {
        let plan = self.plan {
            $0.relay.defaultHandler = "echo"
            $0.relay.includeSender = false
            $0.limits.connections = nil
            $0.limits.idleTimeout = .seconds(90)
            $0.server.drain = .zero
            $0.log.level = .debug
        }
        #expect(
            plan.changes.live.map(\.description) == [
                #"relay.default: "echo", was "broadcast""#, "relay.include_sender: false, was true",
                "limits.connections: 0, was 10000", #"limits.idle_timeout: "90s", was "0s""#,
                #"server.drain: "0s", was "5s""#, #"log.level: "debug", was "info""#,
            ]
        )
        #expect(plan.changes.afterRestart.isEmpty)
        #expect(plan.configuration.relay.defaultHandler == "echo")
        #expect(plan.configuration.limits.connections == nil)
        #expect(plan.configuration.server.drain == .zero)
    }

    @Test("a setting that needs a restart is named and keeps its value, and other settings change")
    func afterRestart() {
        let plan = self.plan {
            $0.server.eventLoops = 3
            $0.log.format = .text
            $0.limits.datagramBytes = 9
        }
        #expect(
            plan.changes.afterRestart.map(\.description) == [
                "server.event_loops: 3, was 0", #"log.format: "text", was "auto""#,
            ]
        )
        #expect(plan.changes.live.map(\.setting) == ["limits.datagram_bytes"])
        #expect(plan.configuration.server == self.old.server)
        #expect(plan.configuration.log == self.old.log)
        #expect(plan.configuration.limits.datagramBytes == 9)
        let again = ReloadPlan(old: plan.configuration, new: self.plan { $0.server.eventLoops = 3 }.configuration)
        #expect(again.changes.live.map(\.setting) == ["limits.datagram_bytes"])
    }

    @Test("routes are one change, with their number if it differs")
    func routes() {
        let route = RouteSettings(types: [1...1], handler: "echo")
        let added = self.plan { $0.routes = [route] }
        #expect(added.changes.live == [SettingChange("route", "1, was 0")])
        var other = added.configuration
        other.routes[0].types = [2...2]
        let changed = ReloadPlan(old: added.configuration, new: other)
        #expect(changed.changes.live == [SettingChange("route", "changed")])
        #expect(changed.configuration.routes == other.routes)
    }

    @Test("a listener with a new address on the same port changes at once")
    func movedListener() {
        let plan = self.plan { $0.listeners[0].address = "127.0.0.1" }
        #expect(plan.configuration.listeners.map(\.address) == ["127.0.0.1"])
        #expect(plan.changes.live.map(\.setting) == ["listener.game"])
    }

    @Test("a listener that cannot be opened yet leaves the old one in place")
    func listeners() {
        var new = self.old
        new.listeners[0].address = "127.0.0.1"
        let plan = ReloadPlan(old: self.old, new: new, busy: ["game"])
        #expect(plan.configuration.listeners == self.old.listeners)
        #expect(plan.changes.afterRestart.map(\.setting) == ["listener.game.address"])
    }

    @Test("a very long value is cut, and a value cannot begin a new line")
    func text() {
        let long = SettingChange("access.deny", from: "[]", to: String(repeating: "a", count: 1000))
        #expect(long.text == String(repeating: "a", count: SettingChange.charactersMax) + "…, was []")
        #expect(SettingChange("listener.a\nb", "added").description == #"listener.a\u000Ab: added"#)
    }
}
