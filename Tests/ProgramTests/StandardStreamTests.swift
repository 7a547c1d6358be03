import Dispatch
import Glibc
import Testing

@testable import Program

@Suite("Standard streams")
struct StandardStreamTests {
    @Test("a full device is an error that names the stream and the reason")
    func full() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        let failure = #expect(throws: StreamFailure.self) {
            try StandardStream(descriptor: descriptor, name: "standard output").print("x")
        }
        #expect(failure?.description == "cannot write to standard output: No space left on device")
        #expect(failure?.isReaderGone == false)
    }

    @Test("a pipe whose reader has closed is an error that needs no message")
    func readerGone() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let failure = #expect(throws: StreamFailure.self) {
            try StandardStream(descriptor: ends[1], name: "standard output").write("x")
        }
        #expect(failure?.isReaderGone == true)
    }

    @Test("a long text arrives whole through a slow non-blocking pipe")
    func nonBlocking() async throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        for end in ends { try #require(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        let (reader, writer) = (ends[0], ends[1])
        let text = String(repeating: "0123456789", count: 50_000)
        let (received, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        // Reads on a thread of the global queue, because waiting tests may block all threads of the task pool.
        DispatchQueue.global().async { continuation.yield(Self.readAll(reader)) }
        try StandardStream(descriptor: writer, name: "standard output").write(text)
        close(writer)
        #expect(await received.first { _ in true } == Array(text.utf8))
    }

    @Test("writing an empty text never fails")
    func empty() throws {
        try StandardStream(descriptor: -1, name: "standard output").write("")
    }

    private static func readAll(_ descriptor: CInt) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&polled, 1, -1)
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { break }
            if count > 0 { bytes += chunk.prefix(count) }
        }
        close(descriptor)
        return bytes
    }
}
