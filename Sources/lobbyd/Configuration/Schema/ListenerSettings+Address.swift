import PandaNet

extension ListenerSettings {
    /// `address` as the engine has it: nil is every interface.
    var host: String? { self.address == "*" ? nil : self.address }

    /// nil where `address` is no address.
    var listenAddress: ListenAddress? { ListenAddress(self.host, isIPv6Only: self.isIPv6Only) }
}
