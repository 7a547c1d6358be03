import Glibc
import Testing

@testable import Logs

@Suite("LogSurroundings")
struct LogSurroundingsTests {
    @Test("a file has the same identity through two descriptors, and another file has a different one")
    func identity() throws {
        let first = open("/dev/null", O_RDONLY)
        let second = dup(first)
        let other = open("/dev/zero", O_RDONLY)
        defer { for descriptor in [first, second, other] { close(descriptor) } }

        let identity = try #require(LogSurroundings.identity(of: first))
        #expect(identity.split(separator: ":").compactMap { UInt64($0) }.count == 2)
        #expect(LogSurroundings.identity(of: second) == identity)
        #expect(LogSurroundings.identity(of: other) != identity)
    }

    @Test("a closed descriptor has no identity")
    func closed() {
        #expect(LogSurroundings.identity(of: -1) == nil)
    }

    @Test("a process detects that its standard error is the journal's stream")
    func current() async {
        await #expect(processExitsWith: .success) {
            let pipe = LogPipe()
            dup2(pipe.writeEnd, STDERR_FILENO)
            let identity = LogSurroundings.identity(of: pipe.writeEnd)!

            setenv("JOURNAL_STREAM", identity, 1)
            #expect(LogSurroundings.current().standardErrorIsJournal)
            setenv("JOURNAL_STREAM", identity + "0", 1)
            #expect(!LogSurroundings.current().standardErrorIsJournal)
            unsetenv("JOURNAL_STREAM")
            #expect(!LogSurroundings.current().standardErrorIsJournal)
        }
    }
}
