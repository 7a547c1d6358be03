import Glibc

/// Where the configuration comes from: `--config`, else `$LOBBYD_CONFIG`, else the default path; never the working directory.
struct ConfigurationFile: Sendable, Equatable {
    static let defaultPath = "/etc/lobbyd/lobbyd.toml"
    static let pathVariable = "LOBBYD_CONFIG"
    /// Far more than any configuration; it bounds what a wrong path can cost.
    static let bytesMax = 1_048_576

    let path: String
    /// Somebody named it, so it has to be there.
    let isNamed: Bool

    /// - Parameters:
    ///   - option: the value of `--config`; nil when it is not given.
    ///   - environment: looks a variable up. An empty one counts as unset.
    init(option: String?, environment: (String) -> String? = Self.variable) {
        let variable = environment(Self.pathVariable).flatMap { $0.isEmpty ? nil : $0 }
        let named = option ?? variable
        self.path = named ?? Self.defaultPath
        self.isNamed = named != nil
    }

    /// What the file says; the defaults when nobody named it and it is not there.
    ///
    /// - Parameters:
    ///   - isKnown: the file was there before. To take the defaults because somebody has moved it would be a surprise.
    ///   - read: the bytes of a file, up to a number of them.
    func load(
        isKnown: Bool = false,
        read: (String, Int) throws(FileReadError) -> [UInt8] = FileReader.read
    ) throws(ConfigurationError) -> LoadedConfiguration {
        let bytes: [UInt8]
        do {
            bytes = try read(self.path, Self.bytesMax)
        } catch .missing where !self.isNamed && !isKnown {
            return LoadedConfiguration(configuration: Configuration(), path: self.path, isFromFile: false)
        } catch {
            let problem = ConfigurationProblem(file: self.path, position: nil, message: error.description)
            throw ConfigurationError(problems: [problem])
        }
        let configuration = try Configuration(parsing: bytes, file: self.path)
        return LoadedConfiguration(configuration: configuration, path: self.path, isFromFile: true)
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

/// A configuration and where it came from.
struct LoadedConfiguration: Sendable, Equatable {
    var configuration: Configuration
    let path: String
    /// false when there is no file at the default path, and `configuration` is the defaults.
    let isFromFile: Bool
}
