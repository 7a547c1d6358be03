import Control
import Engine

/// Which connections a client of the control socket wants listed.
struct ConnectionMatch: Sendable, Equatable {
    /// nil is any.
    let address: AddressFilter?
    /// nil is any.
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

    /// A name that no listener has and no connection came by is a mistake, and no list without connections.
    ///
    /// - Parameter names: of the listeners, and of those that connections came by.
    func refusal(names: Set<String>) -> ControlError? {
        guard let listener, !names.contains(listener) else { return nil }
        let known = names.sorted().map(\.quoted).joined(separator: ", ")
        return ControlError(.notFound, "there is no listener \(listener.quotedShort); there are \(known)")
    }
}
