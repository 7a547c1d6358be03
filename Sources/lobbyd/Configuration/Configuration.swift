/// The operator's settings, as values.
///
/// The type itself checks no value. Values from `ConfigurationFile` and `init(parsing:file:)` obey the ranges of
/// `ConfigurationSchema` and the rules of `ConfigurationRules`.
struct Configuration: Sendable, Equatable {
    var listeners = [ListenerSettings()]
    var relay = RelaySettings()
    var routes: [RouteSettings] = []
    var limits = LimitSettings()
    var access = AccessSettings()
    var server = ServerSettings()
    var control = ControlSettings()
    var log = LogSettings()
}
