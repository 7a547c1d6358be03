/// The settings of an operator, as values.
///
/// A value of it may hold anything; one that came out of `ConfigurationFile` or `init(parsing:file:)` obeys the ranges of
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
