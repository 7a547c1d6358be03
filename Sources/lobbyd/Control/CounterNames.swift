import Engine

extension CloseReason {
    /// `peer_closed`, as every counter is called.
    var counterName: String { self.rawValue.wordsUnderscored }
}

extension RefusalReason {
    /// `access_denied`, as every counter is called.
    var counterName: String { self.rawValue.wordsUnderscored }
}

extension String {
    /// `peerClosed` as `peer_closed`.
    var wordsUnderscored: String {
        self.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
