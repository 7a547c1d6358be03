import Dispatch
import Glibc
import Testing

@testable import Logs

@Suite("DescriptorSink")
struct DescriptorSinkTests {
    private static func record(_ text: String) -> RenderedRecord {
        var record = RenderedRecord(level: .info)
        record.append(part: text.utf8)
        return record
    }

    /// Writes "abcdef" with these outcomes, and returns the bytes offered to each write, the number of waits, and the
    /// bytes written.
    private func offers(
        _ outcomes: [DescriptorSink.WriteOutcome]
    ) -> (offered: [String], waits: Int, written: Int) {
        var outcomes = outcomes[...]
        var offered: [String] = []
        var waits = 0
        let written = Array("abcdef".utf8).withUnsafeBytes { bytes in
            DescriptorSink.writeAll(
                bytes,
                write: { rest in
                    offered.append(String(decoding: rest, as: UTF8.self))
                    return outcomes.popFirst() ?? .failed(EIO)
                },
                waitForRoom: { waits += 1 }
            )
        }
        return (offered, waits, written)
    }

    @Test("a record is one write")
    func oneWrite() {
        #expect(self.offers([.wrote(6)]).offered == ["abcdef"])
    }

    @Test("an interrupted write is repeated")
    func interrupted() {
        let (offered, waits, written) = self.offers([.failed(EINTR), .failed(EINTR), .wrote(6)])
        #expect(offered == ["abcdef", "abcdef", "abcdef"])
        #expect(waits == 0)
        #expect(written == 6)
    }

    @Test("the rest follows a partial write, after a wait if the descriptor is full")
    func partial() {
        let (offered, waits, written) = self.offers([.wrote(2), .failed(EAGAIN), .wrote(3), .failed(EINTR), .wrote(1)])
        #expect(offered == ["abcdef", "cdef", "cdef", "f", "f"])
        #expect(waits == 1)
        #expect(written == 6)
    }

    @Test(
        "an error stops the write and returns the bytes written so far",
        arguments: [EPIPE, EIO, EBADF, ENOSPC, EFBIG]
    )
    func failed(errno: CInt) {
        let (offered, _, written) = self.offers([.wrote(2), .failed(errno)])
        #expect(offered == ["abcdef", "cdef"])
        #expect(written == 2)
    }

    @Test("the record after a torn line begins on a new line")
    func torn() throws {
        var template = Array("/tmp/lobbyd-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        unlink(template)
        let sink = DescriptorSink(descriptor: descriptor)
        #expect(sink.write(Self.record("whole\n")))
        #expect(sink.write(Self.record("torn")), "as after a partial write")
        #expect(sink.write(Self.record("new\n")))
        #expect(sink.write(Self.record("last\n")))
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "whole\ntorn\nnew\nlast\n")
    }

    @Test("a record is one message on a descriptor that keeps messages apart")
    func oneMessage() {
        var ends: [CInt] = [-1, -1]
        socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue), 0, &ends)
        defer { for end in ends { close(end) } }
        #expect(DescriptorSink(descriptor: ends[0]).write(Self.record("whole")))
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(recv(ends[1], &bytes, bytes.count, CInt(MSG_DONTWAIT)) == 5)
    }

    @Test("a record larger than a non-blocking pipe arrives whole")
    func nonBlocking() async {
        let pipe = LogPipe()
        _ = fcntl(pipe.writeEnd, F_SETFL, O_NONBLOCK)
        let text = String(repeating: "0123456789", count: 30_000)
        let (received, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        // Reads on a thread of the global queue, because waiting tests may block all threads of the task pool.
        DispatchQueue.global().async { continuation.yield(pipe.readAll()) }
        #expect(DescriptorSink(descriptor: pipe.writeEnd).write(Self.record(text)))
        close(pipe.writeEnd)
        #expect(await received.first { _ in true } == Array(text.utf8))
        close(pipe.readEnd)
    }

    @Test("a record that cannot be written is reported as lost")
    func lost() throws {
        #expect(!DescriptorSink(descriptor: -1).write(Self.record("lost")))
        let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
        try #require(full >= 0)
        defer { close(full) }
        #expect(!DescriptorSink(descriptor: full).write(Self.record("lost")))
    }
}
