import Engine
import Glibc
import Testing

@testable import lobbyd

@Suite("Broadcast addresses in the configuration")
struct BroadcastRuleTests {
    private func problems(
        address: String,
        _ broadcasts: () throws(SystemError) -> Set<ListenAddress>
    ) -> [String] {
        var configuration = Configuration()
        var listener = ListenerSettings()
        listener.address = address
        configuration.listeners = [listener]
        var findings = Findings()
        ConfigurationRules.check(configuration, broadcasts: broadcasts, &findings)
        return findings.problems.map(\.message)
    }

    @Test("a broadcast address of this host is an error")
    func refused() {
        let problems = self.problems(address: "192.0.2.255") { () throws(SystemError) in
            Set([ListenAddress("192.0.2.255")].compactMap { $0 })
        }
        #expect(
            problems == [
                "listener.address: found \"192.0.2.255\", a broadcast address of this host; use the address of an interface"
            ]
        )
    }

    @Test("if the system cannot list its broadcast addresses, only IPv4 addresses are an error, with the reason")
    func failure() {
        let failing = { () throws(SystemError) -> Set<ListenAddress> in
            throw SystemError(code: EAFNOSUPPORT, call: "socket")
        }
        #expect(
            self.problems(address: "192.0.2.1", failing) == [
                "listener.address: found \"192.0.2.1\", but lobbyd cannot read the broadcast addresses of this host:"
                    + " Address family not supported by protocol"
            ]
        )
        #expect(self.problems(address: "*", failing).isEmpty && self.problems(address: "::1", failing).isEmpty)
    }
}
