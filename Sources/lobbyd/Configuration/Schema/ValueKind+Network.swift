import Engine

extension ValueKind where Value == String {
    /// A name for logs. It contains no control character, so it cannot forge a log line.
    static var name: Self {
        let charactersMax = 64
        return Self(expected: "a string of 1 to \(charactersMax) characters without control characters") { value in
            guard case .string(let name) = value.content else { return nil }
            let scalars = name.unicodeScalars
            guard (1...charactersMax).contains(scalars.count), !scalars.contains(where: \.isControl) else { return nil }
            return name
        } render: {
            $0.quoted
        }
    }

    /// An address to listen on. Host names are refused: the addresses of a name can change while lobbyd runs.
    static var listenAddress: Self {
        Self(expected: "\"*\" or a literal IPv4 or IPv6 address") { value in
            guard case .string(let address) = value.content, Self.isListenAddress(address) else { return nil }
            return address
        } render: {
            $0.quoted
        } fault: {
            ListenAddress($0)?.fault().map(\.explanation)
        }
    }

    private static func isListenAddress(_ text: String) -> Bool {
        guard text != "*" else { return true }
        return ListenAddress(text).map { $0.fault() == nil } ?? false
    }
}

extension ListenAddress.Fault {
    /// The fault in words, for use after the address.
    var explanation: String {
        switch self {
        case .multicast: "a multicast address"
        case .broadcast: "a broadcast address"
        case .withoutInterface: "a link-local address without its interface (such as \"fe80::1%eth0\")"
        case .withInterface: "an interface with an address that is not link-local"
        }
    }
}

extension ValueKind where Value == IPNetwork {
    /// An address or a range of addresses.
    static var network: Self {
        let expected = "an address or a range of addresses (such as \"192.0.2.0/24\") whose host bits are zero"
        return Self(expected: expected) { value in
            guard case .string(let text) = value.content else { return nil }
            return try? IPNetwork(text)
        } render: {
            $0.description.quoted
        } meaning: { text in
            do throws(IPNetwork.Mistake) {
                _ = try IPNetwork(text)
                return nil
            } catch {
                guard case .hostBits(let range) = error else { return nil }
                return range.description
            }
        }
    }
}

extension ValueKind where Value == ClosedRange<Int> {
    /// The types of a route: 7, or "10-19" with the lowest first. `ConfigurationRules` checks them against
    /// `relay.message_type`.
    static var messageTypes: Self {
        Self(expected: "a type (such as 7) or a range of types with the lowest first (such as \"10-19\")") { value in
            switch value.content {
            case .integer(let type) where type >= 0: type...type
            case .string(let range): Self.range(range)
            default: nil
            }
        } render: { types in
            types.count == 1 ? "\(types.lowerBound)" : "\(types.lowerBound)-\(types.upperBound)".quoted
        }
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map(Int.init(decimalDigits:))
        guard bounds.count == 2, let lowest = bounds[0], let highest = bounds[1], lowest <= highest else { return nil }
        return lowest...highest
    }
}

extension Int {
    /// Parses decimal digits only. `Int.init` would accept a sign.
    init?(decimalDigits text: some StringProtocol) {
        guard text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
        self.init(text)
    }
}
