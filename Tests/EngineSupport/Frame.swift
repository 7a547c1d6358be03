import Wire

/// A frame as it appears on a stream, or a UDP record as it appears in memory.
public func frame(_ payload: [UInt8], _ framing: Framing = .two) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: framing.size + payload.count)
    bytes.withUnsafeMutableBytes { target in payload.withUnsafeBytes { framing.write($0, to: target) } }
    return bytes
}
