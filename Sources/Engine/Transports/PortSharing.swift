/// An open socket that can share its port with others of this process. Any thread.
protocol PortHolder: Sendable {
    /// Sets SO_REUSEPORT; a failure shows when the other socket is opened.
    func sharePort(_ isOn: Bool) -> Answer<Void>
}

/// Opens a socket while others that are in its way, and close afterwards, are still open: so a port moves to another address
/// without a moment in which it is closed.
///
/// Linux allows it where all of them have SO_REUSEPORT; they have it for that moment only.
struct PortSharing {
    let holders: [any PortHolder]

    /// - Parameter open: called once the holders share their port.
    /// - Returns: what `open` has opened, once no socket shares its port any more.
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
