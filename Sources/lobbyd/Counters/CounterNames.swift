import Engine

extension CloseReason {
    /// The reason as a part of a counter's name: `peer_closed` for `peerClosed`.
    var counterName: String { self.rawValue.wordsUnderscored }
}

extension RefusalReason {
    /// The reason as a part of a counter's name: `access_denied` for `accessDenied`.
    var counterName: String { self.rawValue.wordsUnderscored }
}

extension String {
    /// `peer_closed` for `peerClosed`.
    var wordsUnderscored: String {
        self.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
