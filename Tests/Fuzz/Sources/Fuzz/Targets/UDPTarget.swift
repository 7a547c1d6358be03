import Wire

/// A received datagram is a payload, a runt or broken, according to its checksum. A datagram that is sent can be
/// received.
enum UDPTarget {
    static func run(_ bytes: UnsafeRawBufferPointer) -> CInt {
        let arrived = Array(bytes)
        expect(Self.payload(of: arrived) == Self.plainly(arrived), "\(arrived) is read like the simple model reads it")

        let sum = withExactMemory(of: arrived) { UDPHeader.checksum(of: $0) }
        let sent = [UInt8(truncatingIfNeeded: sum), UInt8(sum >> 8)] + arrived
        expect(Self.payload(of: sent) == .success(arrived), "\(arrived) arrives")
        return 0
    }

    private static func payload(of datagram: [UInt8]) -> Result<[UInt8], UDPHeader.Fault> {
        withExactMemory(of: datagram) { bytes in
            Result { () throws(UDPHeader.Fault) in Array(try UDPHeader.payload(of: bytes)) }
        }
    }

    private static func plainly(_ datagram: [UInt8]) -> Result<[UInt8], UDPHeader.Fault> {
        guard datagram.count >= 2 else { return .failure(.runt) }
        let sum = datagram.dropFirst(2).reduce(0) { ($0 + Int($1)) % 65_536 }
        return sum == Int(datagram[0]) + Int(datagram[1]) << 8
            ? .success(Array(datagram.dropFirst(2))) : .failure(.checksum)
    }
}
