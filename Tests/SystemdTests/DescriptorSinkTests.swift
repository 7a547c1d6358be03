import Glibc
import Testing

@testable import Systemd

@Suite("DescriptorSink")
struct DescriptorSinkTests {
    private static func record(_ text: String) -> RenderedRecord {
        var record = RenderedRecord(level: .info)
        record.append(part: text.utf8)
        return record
    }

    /// What `writeAll` offers to each `write` of "abcdef", and how often it waits, when the writes end like `outcomes`.
    private func offers(_ outcomes: [DescriptorSink.WriteOutcome]) -> (offered: [String], waits: Int) {
        var outcomes = outcomes[...]
        var offered: [String] = []
        var waits = 0
        Array("abcdef".utf8).withUnsafeBytes { bytes in
            DescriptorSink.writeAll(
                bytes,
                write: { rest in
                    offered.append(String(decoding: rest, as: UTF8.self))
                    return outcomes.popFirst() ?? .failed(EIO)
                },
                waitForRoom: { waits += 1 }
            )
        }
        return (offered, waits)
    }

    @Test("a record is one write")
    func oneWrite() {
        #expect(self.offers([.wrote(6)]).offered == ["abcdef"])
    }

    @Test("a signal in between is no end")
    func interrupted() {
        let (offered, waits) = self.offers([.failed(EINTR), .failed(EINTR), .wrote(6)])
        #expect(offered == ["abcdef", "abcdef", "abcdef"])
        #expect(waits == 0)
    }

    @Test("the rest follows a part, after waiting where there is no room")
    func partial() {
        let (offered, waits) = self.offers([.wrote(2), .failed(EAGAIN), .wrote(3), .failed(EINTR), .wrote(1)])
        #expect(offered == ["abcdef", "cdef", "cdef", "f", "f"])
        #expect(waits == 1)
    }

    @Test("an error ends it", arguments: [EPIPE, EIO, EBADF])
    func failed(errno: CInt) {
        #expect(self.offers([.wrote(2), .failed(errno)]).offered == ["abcdef", "cdef"])
    }

    @Test("a record larger than a non-blocking pipe arrives whole")
    func nonBlocking() async {
        let pipe = LogPipe()
        _ = fcntl(pipe.writeEnd, F_SETFL, O_NONBLOCK)
        let text = String(repeating: "0123456789", count: 30_000)
        let reader = Task.detached { pipe.readAll() }
        DescriptorSink(descriptor: pipe.writeEnd).write(Self.record(text))
        close(pipe.writeEnd)
        #expect(await reader.value == Array(text.utf8))
        close(pipe.readEnd)
    }

    @Test("a closed descriptor is survived")
    func closed() {
        DescriptorSink(descriptor: -1).write(Self.record("lost"))
    }
}
