import Logging
import Logs

/// The configuration file, and what the command line puts in place of its settings: the same at the start and at each reload.
struct ConfigurationSource: Sendable {
    let file: ConfigurationFile
    var logLevel: Logger.Level?
    var logFormat: LogFormat?

    /// - Parameters:
    ///   - isKnown: the file was there before, so it has to be there.
    ///   - hadKeys: it had keys before, so it has to have some: a file that was emptied by mistake would open the default port
    ///     to everyone.
    func load(isKnown: Bool = false, hadKeys: Bool = false) throws(ConfigurationError) -> LoadedConfiguration {
        let loaded = try self.file.load(isKnown: isKnown)
        guard loaded.hasKeys || !hadKeys else {
            throw self.file.unusable(
                because: "has no key, and the configuration in force has some; restart lobbyd to run on the defaults"
            )
        }
        return self.overriding(loaded)
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
