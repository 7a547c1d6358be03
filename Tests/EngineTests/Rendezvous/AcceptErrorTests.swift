import Glibc
import Testing

@testable import Engine

@Suite("AcceptError")
struct AcceptErrorTests {
    @Test(
        "an error of accept is taken for what it is",
        arguments: [
            (ECONNABORTED, .clientGone), (EMFILE, .exhausted), (ENFILE, .exhausted), (ENOBUFS, .exhausted),
            (ENOMEM, .exhausted), (EPROTO, .fatal), (EPERM, .fatal), (ENETDOWN, .fatal),
        ] as [(CInt, AcceptError)]
    )
    func kinds(code: CInt, kind: AcceptError) {
        #expect(AcceptError(code: code) == kind)
    }
}
