import Engine
import Glibc

/// Options of the socket, as on Panda3D's `Connection` (`connection.cxx`), where some are stubs. Any thread.
///
/// The connection's event loop sets each option, after the datagrams that this thread handed over before. The plain form
/// returns at once and ignores errors. The `async` form waits, and throws the system's `SystemError`, or ENOTCONN on a
/// connection that was closed or has ended.
extension Connection {
    /// Sends small datagrams at once, without waiting for acknowledgements of earlier ones. On from the start.
    public func setNoDelay(_ isOn: Bool) { self.set(.noDelay(isOn)) }

    /// Sends small datagrams at once, and waits until that is set.
    public func setNoDelay(_ isOn: Bool) async throws(SystemError) { try await self.set(.noDelay(isOn)) }

    /// Lets the system probe a silent peer, by default after two hours.
    public func setKeepAlive(_ isOn: Bool) { self.set(.keepAlive(isOn)) }

    /// Lets the system probe a silent peer, and waits until that is set.
    public func setKeepAlive(_ isOn: Bool) async throws(SystemError) { try await self.set(.keepAlive(isOn)) }

    /// Bytes of the system's buffer for input. Linux doubles the number for its own needs, and cuts it at
    /// `net.core.rmem_max`.
    public func setRecvBufferSize(_ bytes: Int) { self.set(.receiveBuffer(bytes)) }

    /// Bytes of the system's buffer for input; waits until that is set.
    public func setRecvBufferSize(_ bytes: Int) async throws(SystemError) { try await self.set(.receiveBuffer(bytes)) }

    /// Bytes of the system's buffer for output. Linux doubles the number for its own needs, and cuts it at
    /// `net.core.wmem_max`.
    public func setSendBufferSize(_ bytes: Int) { self.set(.sendBuffer(bytes)) }

    /// Bytes of the system's buffer for output; waits until that is set.
    public func setSendBufferSize(_ bytes: Int) async throws(SystemError) { try await self.set(.sendBuffer(bytes)) }

    /// How long the system goes on sending after the socket was closed, in whole seconds, rounded up. nil, the default, leaves
    /// it to the system; with zero the close is a reset. `closeConnection` closes the socket after all that waits here was
    /// given to the system and this side was shut.
    public func setLinger(_ time: Duration?) { self.set(.linger(time)) }

    /// How long the system goes on sending after the socket was closed; waits until that is set.
    public func setLinger(_ time: Duration?) async throws(SystemError) { try await self.set(.linger(time)) }

    /// Routers that a packet may pass, 1…255; 64 from the start.
    public func setIpTimeToLive(_ hops: Int) { self.set(.timeToLive(hops, isIPv6: self.isIPv6)) }

    /// Routers that a packet may pass, 1…255; waits until that is set.
    public func setIpTimeToLive(_ hops: Int) async throws(SystemError) {
        try await self.set(.timeToLive(hops, isIPv6: self.isIPv6))
    }

    /// The type of service, or traffic class, of each packet, 0…255; 0 from the start. Linux sets the two lowest bits itself.
    public func setIpTypeOfService(_ value: Int) { self.set(.typeOfService(value, isIPv6: self.isIPv6)) }

    /// The type of service, or traffic class, of each packet, 0…255; waits until that is set.
    public func setIpTypeOfService(_ value: Int) async throws(SystemError) {
        try await self.set(.typeOfService(value, isIPv6: self.isIPv6))
    }

    /// Whether another socket may take this one's local address. On from the start for those that came through a rendezvous.
    public func setReuseAddr(_ isOn: Bool) { self.set(.reuseAddress(isOn)) }

    /// Whether another socket may take this one's local address; waits until that is set.
    public func setReuseAddr(_ isOn: Bool) async throws(SystemError) { try await self.set(.reuseAddress(isOn)) }

    /// Bytes of payload in one packet, 88…32,767.
    public func setMaxSegment(_ bytes: Int) { self.set(.maxSegment(bytes)) }

    /// Bytes of payload in one packet, 88…32,767; waits until that is set.
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
            // The event loop of a connection that has ended may have ended too.
            if !isPosted { continuation.resume(returning: Result { () throws(SystemError) in try option.set(on: -1) }) }
        }
        try result.get()
    }
}
