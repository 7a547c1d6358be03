import CSystemd

/// The variables about passed sockets, `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` of sd_listen_fds(3). nil for an
/// unset variable.
struct ListenEnvironment: Sendable, Equatable {
    var process: [UInt8]?
    var count: [UInt8]?
    var names: [UInt8]?

    /// Whether the sockets are for the process with this id.
    func isFor(process: CInt) -> Bool {
        self.process.map { Int($0) } == Int(process)
    }

    /// The contradiction in the variables, if the sockets are for this process; nil when there is no contradiction.
    ///
    /// - Parameter isOpen: returns whether a descriptor of this process is open.
    func problem(isOpen: (Int) -> Bool) -> String? {
        guard let count = self.count else { return "LISTEN_PID names this process, but LISTEN_FDS is missing" }
        guard let sockets = Int(count), sockets > 0, sockets <= Int(CInt.max) - Int(SD_LISTEN_FDS_START) else {
            let text = SafeText.escaped(String(decoding: count, as: UTF8.self))
            return "LISTEN_FDS is \"\(text)\", not a number of sockets"
        }
        if let names = self.names {
            guard String(validating: names, as: UTF8.self) != nil else { return "LISTEN_FDNAMES is not UTF-8" }
            let named = names.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).count
            guard named == sockets else {
                return "LISTEN_FDS is \(sockets), but LISTEN_FDNAMES has \(named == 1 ? "1 name" : "\(named) names")"
            }
        }
        let descriptors = Int(SD_LISTEN_FDS_START)..<Int(SD_LISTEN_FDS_START) + sockets
        if let closed = descriptors.first(where: { !isOpen($0) }) {
            return "LISTEN_FDS is \(sockets), but descriptor \(closed) is not open"
        }
        return nil
    }
}

extension Int {
    /// nil when the bytes are not a decimal number.
    fileprivate init?(_ bytes: [UInt8]) {
        self.init(String(decoding: bytes, as: UTF8.self))
    }
}
