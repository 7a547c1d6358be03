import CSystemd

/// The environment's variables about sockets that were passed on: `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` of
/// sd_listen_fds(3), nil where a variable is not there.
struct ListenEnvironment: Sendable, Equatable {
    var process: [UInt8]?
    var count: [UInt8]?
    var names: [UInt8]?

    /// The sockets are for the process with this number.
    func isFor(process: CInt) -> Bool {
        self.process.map { Int($0) } == Int(process)
    }

    /// The contradiction in it, when the sockets are for this process; nil when there is none.
    ///
    /// - Parameter isOpen: whether this process has a descriptor.
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
    /// nil when the bytes are no decimal number.
    fileprivate init?(_ bytes: [UInt8]) {
        self.init(String(decoding: bytes, as: UTF8.self))
    }
}
