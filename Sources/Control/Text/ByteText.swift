/// The raw bytes of command-line arguments and environment variables. Swift's strings replace bytes that are not UTF-8,
/// so a path would name a different file.
public enum ByteText {
    /// The bytes of a C string, without the final zero.
    public static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = text
        while next.pointee != 0 {
            bytes.append(UInt8(bitPattern: next.pointee))
            next += 1
        }
        return bytes
    }

    /// Keeps printable ASCII and shows each other byte in the form `\xE9`.
    public static func shown(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\\") { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }.joined()
    }
}
