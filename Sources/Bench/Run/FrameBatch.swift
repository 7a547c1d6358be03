import NIOCore
import PandaNet
import Wire

/// Frames of one publisher that leave together.
struct FrameBatch {
    let header: TCPHeader
    /// A frame whose stamp is still to be written.
    private let template: ByteBuffer
    private var frames = ByteBuffer()
    private(set) var count = 0

    init(header: TCPHeader, payloadBytes: Int) {
        self.header = header
        var template = ByteBuffer()
        template.writeRepeatingByte(UInt8(ascii: "x"), count: header.size + payloadBytes)
        template.withUnsafeMutableReadableBytes { header.write(payloadBytes: payloadBytes, to: $0) }
        self.template = template
    }

    mutating func append(_ stamp: Stamp) {
        let start = self.frames.readableBytes + self.header.size
        self.frames.writeImmutableBuffer(self.template)
        self.frames.withUnsafeMutableReadableBytes { bytes in
            stamp.write(to: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        self.count += 1
    }

    /// Sends what was appended and forgets it.
    mutating func send(on link: Link) {
        self.frames.withUnsafeReadableBytes { bytes in
            link.send(DatagramRun(bytes: bytes, datagramCount: self.count, header: self.header))
        }
        self.frames.clear()
        self.count = 0
    }
}
