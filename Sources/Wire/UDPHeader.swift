/// What stands before each payload in a UDP datagram: the sum of the payload's bytes modulo 65,536, as a little-endian u16.
///
/// It is there to notice damage; anyone can compute it, and it proves nothing about who sent the datagram. A raw datagram
/// has no header. Source: Panda3D `datagramUDPHeader.cxx`.
public enum UDPHeader {
    /// Bytes that the header takes.
    public static let size = 2
    /// The longest payload, in bytes, that Panda3D receives whole (`maximum_udp_datagram`). It cuts what is longer, whose
    /// sum then does not match.
    public static let payloadBytesMax = 1500

    /// The sum that stands before `payload`.
    @inlinable
    public static func checksum(of payload: UnsafeRawBufferPointer) -> UInt16 {
        payload.reduce(into: UInt16(0)) { sum, byte in sum &+= UInt16(byte) }
    }

    /// Why what arrived is no datagram.
    public enum Fault: Error, Sendable, Equatable {
        /// Shorter than the header.
        case runt
        /// The payload is longer than its receiver takes.
        case oversized
        /// The payload is not the one that the sum was made of.
        case checksum
    }

    /// The payload of what arrived, in place.
    ///
    /// Two bytes that say 0 are an empty payload, as in Panda3D.
    ///
    /// - Parameter payloadBytesMax: the longest payload that is taken, in bytes.
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
