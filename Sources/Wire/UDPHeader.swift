/// The checksum before each payload in a UDP datagram: the sum of the payload's bytes modulo 65,536, as a little-endian
/// u16.
///
/// The checksum detects damage. Anyone can compute it, so it does not authenticate the sender. A raw datagram has no
/// header. Source: Panda3D `datagramUDPHeader.cxx`.
public enum UDPHeader {
    /// The header's length, in bytes.
    public static let size = 2
    /// The longest payload, in bytes, that Panda3D receives whole (`maximum_udp_datagram`).
    ///
    /// Panda3D truncates a longer payload, whose checksum then does not match.
    public static let payloadBytesMax = 1500

    /// Computes the checksum of `payload`.
    @inlinable
    public static func checksum(of payload: UnsafeRawBufferPointer) -> UInt16 {
        payload.reduce(into: UInt16(0)) { sum, byte in sum &+= UInt16(byte) }
    }

    /// The reasons to reject received bytes as a datagram.
    public enum Fault: Error, Sendable, Equatable {
        /// Fewer bytes than the header has.
        case runt
        /// The payload is longer than the receiver accepts.
        case oversized
        /// The payload does not match the checksum.
        case checksum
    }

    /// Verifies a received datagram and returns its payload, in place.
    ///
    /// Two zero bytes are an empty payload, as in Panda3D.
    ///
    /// - Parameter payloadBytesMax: the longest accepted payload, in bytes.
    @inlinable
    public static func payload(
        of datagram: UnsafeRawBufferPointer,
        payloadBytesMax: Int = .max
    ) throws(Fault) -> UnsafeRawBufferPointer {
        guard datagram.count >= Self.size else { throw .runt }
        guard datagram.count - Self.size <= payloadBytesMax else { throw .oversized }
        let payload = UnsafeRawBufferPointer(rebasing: datagram[Self.size...])
        guard Self.checksum(of: payload) == UInt16(littleEndian: datagram.loadUnaligned(as: UInt16.self)) else {
            throw .checksum
        }
        return payload
    }
}
