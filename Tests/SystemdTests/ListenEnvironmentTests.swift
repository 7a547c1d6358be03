import Glibc
import Testing

@testable import Systemd

@Suite("Environment variables of inherited sockets")
struct ListenEnvironmentTests {
    private func problem(_ count: String?, _ names: String?, open: ClosedRange<Int> = 0...4) -> String? {
        let environment = ListenEnvironment(
            process: Array("7".utf8),
            count: count.map { Array($0.utf8) },
            names: names.map { Array($0.utf8) }
        )
        return environment.problem { open.contains($0) }
    }

    @Test(
        "the sockets belong to the process in LISTEN_PID",
        arguments: [("7", true), ("8", false), ("", false), ("7 ", false), ("seven", false), (nil, false)]
    )
    func process(text: String?, isOurs: Bool) {
        #expect(ListenEnvironment(process: text.map { Array($0.utf8) }).isFor(process: 7) == isOurs)
    }

    @Test("as many names as sockets, or no names, are valid")
    func good() {
        #expect(self.problem("1", "game") == nil)
        #expect(self.problem("2", "game:") == nil)
        #expect(self.problem("2", nil) == nil)
    }

    @Test("a missing or invalid count is an error")
    func counts() {
        #expect(self.problem(nil, nil) == "LISTEN_PID names this process, but LISTEN_FDS is missing")
        for count in ["", "0", "-1", "x", "1x", " 1", "2147483645", "99999999999999999999", "\n"] {
            #expect(self.problem(count, nil)?.hasSuffix(", not a number of sockets") == true, "\(count)")
        }
        #expect(self.problem("\n", nil) == #"LISTEN_FDS is "\n", not a number of sockets"#)
    }

    @Test("a descriptor that is not open is an error")
    func closed() {
        #expect(self.problem("3", "a:b:c") == "LISTEN_FDS is 3, but descriptor 5 is not open")
        #expect(self.problem("2", "a:b", open: 0...2) == "LISTEN_FDS is 2, but descriptor 3 is not open")
    }

    @Test("a wrong number of names is an error")
    func names() {
        #expect(self.problem("1", "a:b") == "LISTEN_FDS is 1, but LISTEN_FDNAMES has 2 names")
        #expect(self.problem("2", "a") == "LISTEN_FDS is 2, but LISTEN_FDNAMES has 1 name")
        #expect(self.problem("2", "") == "LISTEN_FDS is 2, but LISTEN_FDNAMES has 1 name")
    }

    @Test("names that are not UTF-8 are an error")
    func bytes() {
        let environment = ListenEnvironment(process: nil, count: Array("1".utf8), names: [0xE9])
        #expect(environment.problem { _ in true } == "LISTEN_FDNAMES is not UTF-8")
    }
}
