import Glibc
import Testing

/// A file that exists during one test.
enum TemporaryFile {
    static func with(_ bytes: [UInt8], _ body: (_ path: String) throws -> Void) throws {
        var template = Array("/tmp/lobbyd-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { unlink(path) }
        try #require(write(descriptor, bytes, bytes.count) == bytes.count)
        try body(path)
    }
}
