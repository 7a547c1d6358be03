import Benchmark
import Wire

/// FrameScanner over one read, Datagram's fields in both directions, and the UDP checksum.
func registerWireBenchmarks() {
    let cases = [
        ("1 frame", Frames(1)),
        ("1000 frames", Frames(1000)),
        ("1000 frames, 4-byte header", Frames(1000, framing: .four)),
        ("1000 frames of 1 byte", Frames(1000, payloadBytes: 1)),
    ]
    for (name, frames) in cases {
        Benchmark("FrameScanner: \(name)") { benchmark in
            let scanner = FrameScanner(framing: frames.framing, payloadBytesMax: 65_535)
            frames.bytes.withUnsafeBytes { bytes in
                for _ in benchmark.scaledIterations { blackHole(scanner.scan(bytes)) }
            }
        }
    }
    Benchmark("Datagram: encode 5 fields") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try! greeting()) }
    }
    Benchmark("Datagram: decode 5 fields") { benchmark in
        let datagram = try! greeting()
        for _ in benchmark.scaledIterations { blackHole(try! decode(datagram)) }
    }
    Benchmark("UDPHeader: checksum of 1,500 bytes") { benchmark in
        let payload = [UInt8](repeating: 7, count: 1500)
        payload.withUnsafeBytes { bytes in
            for _ in benchmark.scaledIterations { blackHole(UDPHeader.checksum(of: bytes)) }
        }
    }
}

private func greeting() throws -> Datagram {
    var datagram = Datagram()
    datagram.addUint8(1)
    datagram.addUint16(9099)
    datagram.addUint32(7)
    datagram.addFloat64(0.5)
    try datagram.addString("Hello, lobby!")
    return datagram
}

private func decode(_ datagram: Datagram) throws -> (UInt8, UInt16, UInt32, Double, String) {
    var fields = DatagramIterator(datagram)
    return (
        try fields.getUint8(), try fields.getUint16(), try fields.getUint32(), try fields.getFloat64(),
        try fields.getString()
    )
}
