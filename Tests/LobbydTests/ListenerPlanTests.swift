import Engine
import Testing

@testable import lobbyd

@Suite("Plan for the listeners of a reload")
struct ListenerPlanTests {
    private let game = ListenerSettings(name: "game", address: "127.0.0.1", port: 1)
    private let other = ListenerSettings(name: "other", address: "127.0.0.1", port: 2)

    private func plan(
        _ old: [ListenerSettings],
        _ new: [ListenerSettings],
        busy: Set<String> = []
    ) -> ListenerPlan {
        ListenerPlan(old: old, new: new, busy: busy)
    }

    @Test("unchanged listeners are kept, in any order")
    func same() {
        let plan = self.plan([self.game, self.other], [self.other, self.game])
        #expect(plan.kept.map(\.new) == [self.other, self.game])
        #expect(plan.added.isEmpty && plan.removed.isEmpty && plan.blocked.isEmpty)
        #expect(plan.changes == SettingChanges())
    }

    @Test("a new listener is added, and a missing one is removed")
    func comeAndGo() {
        let plan = self.plan([self.game], [self.other])
        #expect(plan.added == [self.other])
        #expect(plan.removed == [self.game])
        #expect(plan.listeners == [self.other])
        #expect(
            plan.changes.live == [
                SettingChange("listener.game", "removed, was tcp 127.0.0.1 port 1; its connections stay"),
                SettingChange("listener.other", "added, tcp 127.0.0.1 port 2"),
            ]
        )
    }

    @Test(
        "a changed port, transport or address replaces the listener, as one change",
        arguments: [
            (ListenerSettings(address: "127.0.0.1", port: 3), "tcp 127.0.0.1 port 3"),
            (ListenerSettings(transport: .udp, address: "127.0.0.1", port: 1), "udp 127.0.0.1 port 1"),
            (ListenerSettings(address: "127.0.0.2", port: 1), "tcp 127.0.0.2 port 1"),
            (ListenerSettings(address: "127.0.0.1", port: 0), "tcp 127.0.0.1 port 0"),
        ]
    )
    func moved(listener: ListenerSettings, place: String) {
        let plan = self.plan([self.game], [listener])
        #expect(plan.added == [listener])
        #expect(plan.removed == [self.game])
        let text = "\(place), was tcp 127.0.0.1 port 1; its connections stay"
        #expect(plan.changes.live == [SettingChange("listener.game", text)])
    }

    @Test("name, backlog, header size and the spelling of the address change on the open socket")
    func kept() {
        let old = ListenerSettings(name: "game", address: "::1", port: 1)
        let new = ListenerSettings(name: "lobby", address: "0::1", port: 1, backlog: 5, header: .four)
        let plan = self.plan([old], [new])
        #expect(plan.kept == [ListenerPlan.Kept(old: old, new: new)])
        #expect(
            plan.changes.live == [
                SettingChange("listener.lobby.name", #""lobby", was "game""#),
                SettingChange("listener.lobby.address", #""0::1", was "::1""#),
                SettingChange("listener.lobby.backlog", "5, was 1000"),
                SettingChange("listener.lobby.header_size", "4, was 2"),
            ]
        )
        #expect(plan.changes.afterRestart.isEmpty)
    }

    @Test("two listeners that swap their names keep their sockets")
    func swapped() {
        var (game, other) = (self.game, self.other)
        (game.name, other.name) = (other.name, game.name)
        let plan = self.plan([self.game, self.other], [game, other])
        #expect(plan.kept.map(\.old) == [self.game, self.other])
        #expect(plan.added.isEmpty && plan.removed.isEmpty)
    }

    @Test("if the system chooses the port, the name identifies the listener")
    func anyPort() {
        let a = ListenerSettings(name: "a", port: 0)
        let b = ListenerSettings(name: "b", port: 0)
        let plan = self.plan([a], [b, a])
        #expect(plan.kept.map(\.new) == [a])
        #expect(plan.added == [b])
        #expect(self.plan([a], [b]).removed == [a])
    }

    @Test(
        "a listener whose new and old address overlap is replaced",
        arguments: [
            ("127.0.0.1", "*"), ("127.0.0.1", "::"), ("::", "127.0.0.1"), ("::", "*"), ("0.0.0.0", "::ffff:127.0.0.1"),
        ]
    )
    func overlapping(old: String, new: String) {
        let old = ListenerSettings(name: "game", address: old, port: 1)
        let new = ListenerSettings(name: "game", address: new, port: 1)
        let plan = self.plan([old], [new])
        #expect(plan.added == [new])
        #expect(plan.removed == [old])
        #expect(plan.blocked.isEmpty && plan.blocking.isEmpty && plan.changes.afterRestart.isEmpty)
    }

    @Test("an IPv4-mapped address is the same as the IPv4 address")
    func mapped() {
        let old = ListenerSettings(address: "127.0.0.1", port: 1)
        let plan = self.plan([old], [ListenerSettings(address: "::ffff:127.0.0.1", port: 1)])
        #expect(plan.kept.count == 1 && plan.added.isEmpty)
    }

    @Test("ipv6_only on the wildcard address replaces the listener, and on a single address changes no socket")
    func ipv6Only() {
        let old = ListenerSettings(address: "::", port: 1)
        let plan = self.plan([old], [ListenerSettings(address: "::", isIPv6Only: true, port: 1)])
        #expect(plan.removed == [old])
        #expect(
            plan.changes.live.map(\.text) == ["tcp :: (IPv6 only) port 1, was tcp :: port 1; its connections stay"]
        )
        let one = self.plan(
            [ListenerSettings(address: "::1", port: 1)],
            [ListenerSettings(address: "::1", isIPv6Only: true, port: 1)]
        )
        #expect(one.kept.count == 1 && one.added.isEmpty)
    }

    @Test("a new listener waits while a busy listener holds its address, and the busy one stays")
    func blocked() {
        let wide = ListenerSettings(name: "game", address: "*", port: 1, backlog: 7)
        let plan = self.plan([self.game, self.other], [wide], busy: ["game"])
        #expect(plan.blocked == [wide])
        #expect(plan.blocking == [self.game])
        #expect(plan.removed == [self.other])
        #expect(plan.added.isEmpty)
        #expect(plan.listeners == [self.game])
        #expect(plan.changes.afterRestart == [SettingChange("listener.game.address", #""*", was "127.0.0.1""#)])
    }

    @Test("a listener whose successor waits for a name stays too")
    func chain() {
        let wide = ListenerSettings(name: "wide", port: 1)
        let heir = ListenerSettings(name: "game", address: "*", port: 2)
        let plan = self.plan([self.game, self.other], [wide, heir], busy: ["game"])
        #expect(plan.blocked == [wide, heir])
        #expect(plan.listeners == [self.game, self.other])
        #expect(plan.removed.isEmpty && plan.added.isEmpty)
    }

    @Test("a name that a blocking listener keeps is not given to a new listener")
    func blockedByName() {
        let (wide, next) = (ListenerSettings(name: "wide", port: 1), ListenerSettings(address: "127.0.0.1", port: 3))
        let plan = self.plan([self.game], [wide, next], busy: ["game"])
        #expect(plan.blocked == [wide, next])
        #expect(plan.added.isEmpty)
        #expect(plan.listeners == [self.game])
        #expect(
            plan.changes.afterRestart == [
                SettingChange("listener.wide.address", #""*", was "127.0.0.1""#),
                SettingChange("listener.game", "tcp 127.0.0.1 port 3, was tcp 127.0.0.1 port 1"),
            ]
        )
    }

    @Test("a rename to a name that is still in use waits, and so do the renames that depend on it")
    func renameBlocked() {
        let third = ListenerSettings(name: "third", address: "127.0.0.1", port: 3)
        var (game, other) = (self.other, third)
        (game.name, other.name, game.backlog) = ("game", "other", 7)
        let wide = ListenerSettings(name: "wide", port: 1)
        let late = ListenerSettings(name: "third", address: "127.0.0.1", port: 4)
        let plan = self.plan([self.game, self.other, third], [wide, game, other, late], busy: ["game"])
        #expect(plan.listeners.map(\.name) == ["other", "third", "game"])
        #expect(plan.listeners.map(\.port) == [2, 3, 1])
        #expect(plan.blocked == [wide, late])
        #expect(plan.changes.live == [SettingChange("listener.other.backlog", "7, was 1000")])
        #expect(
            plan.changes.afterRestart.prefix(2) == [
                SettingChange("listener.other.name", #""game", was "other""#),
                SettingChange("listener.third.name", #""other", was "third""#),
            ]
        )
        let again = self.plan(plan.listeners, [wide, game, other, late], busy: ["game"])
        #expect(again.listeners == plan.listeners)
        #expect(again.changes.live.isEmpty)
    }

    @Test("an inherited socket is identified by its name, and address and port have no effect")
    func inherited() {
        let moved = ListenerSettings(name: "game", address: "*", port: 5)
        let plan = ListenerPlan(old: [self.game], new: [moved], inherited: ["game"])
        #expect(plan.kept.map(\.new) == [moved])
        #expect(plan.added.isEmpty && plan.removed.isEmpty && plan.blocked.isEmpty)
        #expect(
            plan.changes.live.map(\.text) == [
                #""*", was "127.0.0.1"; no effect while systemd opens it"#,
                "5, was 1; no effect while systemd opens it",
            ]
        )
    }

    @Test("a new listener on an inherited listener's configured address is added as a different one")
    func inheritedRenamed() {
        let heir = ListenerSettings(name: "heir", address: "127.0.0.1", port: 1)
        let moved = ListenerSettings(name: "game", address: "127.0.0.1", port: 2)
        let plan = ListenerPlan(old: [self.game, self.other], new: [heir, moved], inherited: ["game"])
        #expect(plan.kept == [ListenerPlan.Kept(old: self.game, new: moved)])
        #expect(plan.added == [heir])
        #expect(plan.removed == [self.other])
    }

    @Test("a listener of the other transport does not block a port")
    func transports() {
        let udp = ListenerSettings(name: "udp", transport: .udp, address: "*", port: 1)
        let plan = self.plan([self.game], [self.game, udp])
        #expect(plan.added == [udp])
        #expect(plan.blocked.isEmpty)
    }
}
