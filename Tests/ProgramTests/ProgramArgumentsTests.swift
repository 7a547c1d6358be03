import ArgumentParser
import Glibc
import Testing

@testable import Program

@Suite("Arguments of a program")
struct ProgramArgumentsTests {
    private func texts(_ arguments: [[UInt8]]) throws -> [String] {
        let pointers = arguments.map { bytes in
            let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
            for (offset, byte) in (bytes + [0]).enumerated() { pointer[offset] = CChar(bitPattern: byte) }
            return pointer
        }
        defer { for pointer in pointers { pointer.deallocate() } }
        return try ProgramArguments.texts(pointers)
    }

    @Test("arguments in UTF-8 keep all bytes")
    func valid() throws {
        let arguments = ["", "--socket", "/tmp/é\u{1F600}", "a\u{FFFD}"]
        #expect(try self.texts(arguments.map { Array($0.utf8) }) == arguments)
    }

    @Test(
        "an argument that is not UTF-8 is an error that shows its bytes",
        arguments: [
            ([0x2F, 0x61, 0xFF], #"/a\xFF"#), ([0xC3], #"\xC3"#), ([0xC0, 0x80], #"\xC0\x80"#),
            ([0xED, 0xA0, 0x80, 0x0A], #"\xED\xA0\x80\x0A"#),
        ] as [([UInt8], String)]
    )
    func invalid(bytes: [UInt8], shown: String) {
        #expect {
            try self.texts([Array("show".utf8), bytes])
        } throws: { "\($0)".contains(#"argument 2 is not UTF-8: "\#(shown)""#) }
    }
}
