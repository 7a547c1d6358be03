/// Formats an address with its port.
enum Place {
    /// `127.0.0.1:9099`, `[::1]:9099`.
    static func text(_ address: String, _ port: Int) -> String {
        address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}

extension String {
    /// The address without the brackets of a form such as `[::1]`.
    public var withoutBrackets: String {
        self.hasPrefix("[") && self.hasSuffix("]") ? String(self.dropFirst().dropLast()) : self
    }
}
