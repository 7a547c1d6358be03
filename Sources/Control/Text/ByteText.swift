/// The bytes of the command line and of the environment. Swift makes strings of them in which it replaces each byte that is
/// not UTF-8, so that a path would name another file.
public enum ByteText {
    /// Those of a C string.
    public static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = text
        while next.pointee != 0 {
            bytes.append(UInt8(bitPattern: next.pointee))
            next += 1
        }
        return bytes
    }

    /// Printable ASCII as it is, each other byte as `\xE9`.
    public static func shown(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\\") { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
