import Control
import Engine

/// The filter in a control client's request for a list of connections.
struct ConnectionMatch: Sendable, Equatable {
    /// nil matches every address.
    let address: AddressFilter?
    /// nil matches every listener.
    let listener: String?

    /// - Throws: `.badArgument` when the address is invalid.
    init(_ filter: ConnectionFilter) throws(ControlError) {
        self.listener = filter.listener
        guard let text = filter.address else {
            self.address = nil
            return
        }
        do throws(IPNetwork.Mistake) {
            self.address = try AddressFilter(text)
        } catch {
            let refusal = AddressFilter.refusal(because: error)
            throw ControlError(.badArgument, "address: found \(text.quotedShort), \(refusal)")
        }
    }

    func admits(_ address: NetAddress, listener: String) -> Bool {
        (self.listener ?? listener) == listener && self.address?.contains(address) ?? true
    }

    /// The error for a listener name that does not exist. An empty list would hide the client's mistake.
    ///
    /// - Parameter names: the names of the listeners, and the listener names that open connections have.
    func refusal(names: Set<String>) -> ControlError? {
        guard let listener, !names.contains(listener) else { return nil }
        let known = names.sorted().map(\.quoted).joined(separator: ", ")
        return ControlError(.notFound, "no listener is named \(listener.quotedShort); the listeners are \(known)")
    }
}
