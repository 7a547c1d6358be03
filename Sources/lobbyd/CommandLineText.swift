/// The bytes of the command line and of the environment. Swift makes strings of them in which it replaces each byte that is
/// not UTF-8, so that a path names another file.
enum CommandLineText {
    /// The first argument that is not UTF-8, as text that shows its bytes; nil when there is none.
    static func notUTF8(among arguments: [[UInt8]]) -> String? {
        arguments.first { String(validating: $0, as: UTF8.self) == nil }.map(Self.shown)
    }

    /// Of this process, without the program's name.
    static var arguments: [[UInt8]] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            CommandLine.unsafeArgv[index].map { Self.bytes($0) }
        }
    }

    /// Printable ASCII as it is, each other byte as `\xE9`.
    static func shown(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\\") { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }

    /// Those of a C string.
    static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = text
        while next.pointee != 0 {
            bytes.append(UInt8(bitPattern: next.pointee))
            next += 1
        }
        return bytes
    }
}
