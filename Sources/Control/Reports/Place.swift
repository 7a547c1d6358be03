/// How an address with its port is written.
enum Place {
    /// `127.0.0.1:9099`, `[::1]:9099`.
    static func text(_ address: String, _ port: Int) -> String {
        address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}

extension String {
    /// An address as it stands before its port, `[::1]`, without the brackets.
    public var withoutBrackets: String {
        self.hasPrefix("[") && self.hasSuffix("]") ? String(self.dropFirst().dropLast()) : self
    }
}
