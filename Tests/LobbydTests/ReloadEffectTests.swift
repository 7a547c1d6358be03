import Engine
import Testing

@testable import lobbyd

@Suite("Effect of a reload on each key of a listener")
struct ReloadEffectTests {
    private let old = ListenerSettings()
    /// Settings that differ from `old` in each key.
    private let other = ListenerSettings(
        name: "other",
        transport: .udp,
        address: "::1",
        isIPv6Only: true,
        port: 1,
        backlog: 1,
        header: .four,
        receiveBuffer: 4096
    )

    @Test("a changed key replaces the socket if and only if the schema says so", arguments: ListenerSettings.keys)
    func port(key: SettingKey<ListenerSettings>) {
        var new = self.old
        key.copy(self.other, &new)
        #expect(new != self.old)
        let plan = ListenerPlan(old: [self.old], new: [new])
        #expect(plan.removed == (key.reload == .anotherPort ? [self.old] : []))
        #expect(plan.kept.map(\.new) == (key.reload == .anotherPort ? [] : [new]))
    }
}
