import Logging
import Logs

/// The configuration file and the command line's overrides. They are the same at startup and on each reload.
struct ConfigurationSource: Sendable {
    let file: ConfigurationFile
    var logLevel: Logger.Level?
    var logFormat: LogFormat?

    /// Reads the file and applies the overrides.
    ///
    /// - Parameters:
    ///   - isKnown: whether the file existed before. If it did, it must still exist.
    ///   - hadKeys: whether the file had keys before. If it did, it must still have keys: the defaults, which apply to
    ///     a file that was emptied by mistake, open a port to everyone.
    func load(isKnown: Bool = false, hadKeys: Bool = false) throws(ConfigurationError) -> LoadedConfiguration {
        let loaded = try self.file.load(isKnown: isKnown)
        guard loaded.hasKeys || !hadKeys else {
            throw self.file.unusable(
                because: "sets no key, but the configuration in force does;"
                    + " restore the file, or restart lobbyd to use the defaults"
            )
        }
        return self.overriding(loaded)
    }

    /// The source as operators see it: the path of the file, or `none, defaults`.
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
