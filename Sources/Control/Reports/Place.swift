/// How an address with its port is written.
enum Place {
    /// `127.0.0.1:9099`, `[::1]:9099`.
    static func text(_ address: String, _ port: Int) -> String {
        address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
