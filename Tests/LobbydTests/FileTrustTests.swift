import Testing

@testable import lobbyd

@Suite("Trust in the configuration file")
struct FileTrustTests {
    private let root = FileTrust(user: 0, sudoUser: 1000)
    private let user = FileTrust(user: 999)

    @Test(
        "a world-writable file is refused, and lobbyd as root also refuses a group-writable one",
        arguments: [
            (0o644, nil, nil), (0o600, nil, nil), (0o664, nil, .isWritableByGroup),
            (0o646, .isWritableByAll, .isWritableByAll), (0o666, .isWritableByAll, .isWritableByAll),
        ] as [(UInt32, FileReadError?, FileReadError?)]
    )
    func modes(mode: UInt32, forUser: FileReadError?, forRoot: FileReadError?) {
        #expect(self.user.fault(ofFile: mode) == forUser)
        #expect(self.root.fault(ofFile: mode) == forRoot)
    }

    @Test(
        "a world-writable directory is refused unless it has the sticky bit",
        arguments: [(0o755, false), (0o775, false), (0o777, true), (0o1777, false), (0o703, true)] as [(UInt32, Bool)]
    )
    func directories(mode: UInt32, isReplaceable: Bool) {
        #expect(self.root.isReplaceable(inDirectory: mode) == isReplaceable)
        #expect(self.user.isReplaceable(inDirectory: mode) == isReplaceable)
    }

    @Test("for lobbyd as root, each owner except root and the sudo user is a stranger")
    func owners() {
        #expect(self.root.stranger(0) == nil)
        #expect(self.root.stranger(1000) == nil)
        #expect(self.root.stranger(1001) == 1001)
        #expect(FileTrust(user: 0).stranger(1000) == 1000)
        #expect(self.user.stranger(1001) == nil)
    }
}
