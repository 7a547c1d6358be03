import Glibc

/// A TCP connection to the server on this machine.
struct LoadSocket {
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ call: String) { self.description = "\(call): \(String(cString: strerror(errno)))" }
    }

    let descriptor: CInt

    init(port: UInt16) throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard self.descriptor >= 0 else { throw Failure("socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafeBytes(of: &address) { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
            return connect(self.descriptor, address, socklen_t(bytes.count))
        }
        guard connected == 0 else { throw Failure("connect") }
        var on: CInt = 1
        setsockopt(self.descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
    }

    func stopBlocking() {
        _ = fcntl(self.descriptor, F_SETFL, O_NONBLOCK)
    }

    /// Returns the number of bytes that the kernel took.
    func send(_ bytes: ArraySlice<UInt8>) throws -> Int {
        let sent = bytes.withUnsafeBytes {
            Glibc.send(self.descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        if sent < 0 && errno != EAGAIN { throw Failure("send") }
        return max(sent, 0)
    }

    /// Returns the number of received bytes, or 0 if no byte has arrived. Throws at the end of the connection.
    func receive(into room: UnsafeMutableRawBufferPointer) throws -> Int {
        let received = recv(self.descriptor, room.baseAddress, room.count, 0)
        if received > 0 { return received }
        if received < 0 && errno == EAGAIN { return 0 }
        if received == 0 { errno = ECONNRESET }
        throw Failure("recv")
    }

    func close() {
        Glibc.close(self.descriptor)
    }
}
