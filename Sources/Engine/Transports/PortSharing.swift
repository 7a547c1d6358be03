/// An open socket that can share its port with other sockets of this process. Any thread.
protocol PortHolder: Sendable {
    /// Sets or clears SO_REUSEPORT. If this fails, the next bind to the port fails and reports the error.
    func sharePort(_ isOn: Bool) -> Answer<Void>
}

/// Opens a socket on a port that other sockets of this process still hold. The other sockets close afterwards.
///
/// A listener can thus move to another address without closing its port for a moment. Linux permits this when all of
/// the sockets have SO_REUSEPORT. They have it only during the call of `open`.
struct PortSharing {
    let holders: [any PortHolder]

    /// - Parameter open: called once all holders share their port.
    /// - Returns: the socket that `open` opened. The answer is set when no socket shares its port any more.
    func opening<Opened: PortHolder>(_ open: @escaping @Sendable () -> Answer<Opened>) -> Answer<Opened> {
        guard !self.holders.isEmpty else { return open() }
        let holders = self.holders
        let answer = Answer<Opened>()
        Self.share(holders, true).whenSet { _ in
            open().whenSet { result in
                let opened = (try? result.get()).map { [$0] } ?? []
                Self.share(holders + opened, false).whenSet { _ in answer.set(result) }
            }
        }
        return answer
    }

    private static func share(_ holders: [any PortHolder], _ isOn: Bool) -> Answer<[Void]> {
        Answer.all(holders.map { $0.sharePort(isOn) })
    }
}
