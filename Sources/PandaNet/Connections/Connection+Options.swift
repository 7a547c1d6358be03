import Engine
import Glibc

/// The socket options of Panda3D's `Connection`. Some of them are stubs in Panda3D (`connection.cxx`). Any thread.
///
/// The connection's event loop takes the datagrams that this thread has sent, and then sets the option. The plain form
/// returns at once and ignores errors. The `async` form waits, and throws the system's error as a `SystemError`. It
/// throws ENOTCONN on a connection that was closed or has ended.
extension Connection {
    /// Sends small datagrams at once, without waiting for the acknowledgements of earlier datagrams. On by default.
    public func setNoDelay(_ isOn: Bool) { self.set(.noDelay(isOn)) }

    /// Sends small datagrams at once; returns when the option is set.
    public func setNoDelay(_ isOn: Bool) async throws(SystemError) { try await self.set(.noDelay(isOn)) }

    /// Lets the system probe a silent peer, by default after two hours of silence.
    public func setKeepAlive(_ isOn: Bool) { self.set(.keepAlive(isOn)) }

    /// Lets the system probe a silent peer; returns when the option is set.
    public func setKeepAlive(_ isOn: Bool) async throws(SystemError) { try await self.set(.keepAlive(isOn)) }

    /// Sets the size of the system's receive buffer, in bytes. Linux doubles the number for its own needs, and caps it at
    /// `net.core.rmem_max`.
    public func setRecvBufferSize(_ bytes: Int) { self.set(.receiveBuffer(bytes)) }

    /// Sets the size of the system's receive buffer, in bytes; returns when the option is set.
    public func setRecvBufferSize(_ bytes: Int) async throws(SystemError) { try await self.set(.receiveBuffer(bytes)) }

    /// Sets the size of the system's send buffer, in bytes. Linux doubles the number for its own needs, and caps it at
    /// `net.core.wmem_max`.
    public func setSendBufferSize(_ bytes: Int) { self.set(.sendBuffer(bytes)) }

    /// Sets the size of the system's send buffer, in bytes; returns when the option is set.
    public func setSendBufferSize(_ bytes: Int) async throws(SystemError) { try await self.set(.sendBuffer(bytes)) }

    /// Sets the time for which the system continues to send after the socket was closed, in whole seconds, rounded up.
    ///
    /// nil, the default, leaves the time to the system. With zero the system resets the connection. `closeConnection` closes the
    /// socket after the system has taken all queued bytes and this side was shut down.
    public func setLinger(_ time: Duration?) { self.set(.linger(time)) }

    /// Sets the time for which the system continues to send after the socket was closed; returns when the option is set.
    public func setLinger(_ time: Duration?) async throws(SystemError) { try await self.set(.linger(time)) }

    /// Sets the number of routers that a packet may pass, 1…255. Default: 64.
    public func setIpTimeToLive(_ hops: Int) { self.set(.timeToLive(hops, isIPv6: self.isIPv6)) }

    /// Sets the number of routers that a packet may pass, 1…255; returns when the option is set.
    public func setIpTimeToLive(_ hops: Int) async throws(SystemError) {
        try await self.set(.timeToLive(hops, isIPv6: self.isIPv6))
    }

    /// Sets the type of service (IPv6: traffic class) of each packet, 0…255. Default: 0. Linux sets the two lowest bits itself.
    public func setIpTypeOfService(_ value: Int) { self.set(.typeOfService(value, isIPv6: self.isIPv6)) }

    /// Sets the type of service (IPv6: traffic class) of each packet, 0…255; returns when the option is set.
    public func setIpTypeOfService(_ value: Int) async throws(SystemError) {
        try await self.set(.typeOfService(value, isIPv6: self.isIPv6))
    }

    /// Sets whether another socket may use the local address of this one. On by default for accepted connections.
    public func setReuseAddr(_ isOn: Bool) { self.set(.reuseAddress(isOn)) }

    /// Sets whether another socket may use the local address of this one; returns when the option is set.
    public func setReuseAddr(_ isOn: Bool) async throws(SystemError) { try await self.set(.reuseAddress(isOn)) }

    /// Sets the maximum segment size: the payload of one packet, 88…32,767 bytes.
    public func setMaxSegment(_ bytes: Int) { self.set(.maxSegment(bytes)) }

    /// Sets the maximum segment size: the payload of one packet, 88…32,767 bytes; returns when the option is set.
    public func setMaxSegment(_ bytes: Int) async throws(SystemError) { try await self.set(.maxSegment(bytes)) }
}

extension Connection {
    private var isIPv6: Bool { self.peer.host.contains(":") }

    private func set(_ option: SocketOption) {
        self.onEventLoop { try? option.set(on: self.descriptor) }
    }

    private func set(_ option: SocketOption) async throws(SystemError) {
        let result = await withCheckedContinuation { continuation in
            let isPosted = self.onEventLoop {
                let descriptor = self.link?.isOpen == false ? -1 : self.descriptor
                continuation.resume(returning: Result { () throws(SystemError) in try option.set(on: descriptor) })
            }
            // The connection and its event loop have ended.
            if !isPosted { continuation.resume(returning: Result { () throws(SystemError) in try option.set(on: -1) }) }
        }
        try result.get()
    }
}
