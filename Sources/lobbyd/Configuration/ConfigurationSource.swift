import Logging
import Systemd

/// The configuration file, and what the command line puts in place of its settings: the same at the start and at each reload.
struct ConfigurationSource: Sendable {
    let file: ConfigurationFile
    var logLevel: Logger.Level?
    var logFormat: LogFormat?

    /// - Parameter isKnown: the file was there before, so it has to be there.
    func load(isKnown: Bool = false) throws(ConfigurationError) -> LoadedConfiguration {
        self.overriding(try self.file.load(isKnown: isKnown))
    }

    /// For people.
    func description(isFromFile: Bool) -> String {
        isFromFile ? self.file.path : "none, defaults"
    }

    func overriding(_ loaded: LoadedConfiguration) -> LoadedConfiguration {
        var loaded = loaded
        loaded.configuration.log.level = self.logLevel ?? loaded.configuration.log.level
        loaded.configuration.log.format = self.logFormat ?? loaded.configuration.log.format
        return loaded
    }
}
