import Control
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
    /// Why `path` is not the name of the file; nil when it is.
    private let pathFault: String?

    /// - Parameters:
    ///   - option: the value of `--config`; nil when it is not given.
    ///   - environment: looks the bytes of a variable up. An empty one counts as unset.
    init(option: String?, environment: (String) -> [UInt8]? = Self.variable) {
        let variable = option == nil ? environment(Self.pathVariable).flatMap { $0.isEmpty ? nil : $0 } : nil
        let text = variable.flatMap { String(validating: $0, as: UTF8.self) }
        self.path = option ?? text ?? variable.map(ByteText.shown) ?? Self.defaultPath
        self.isNamed = option != nil || variable != nil
        let isFaulty = variable != nil && text == nil
        self.pathFault = isFaulty ? "$\(Self.pathVariable) is not UTF-8; name a file whose path is" : nil
    }

    /// What the file says; the defaults when nobody named it and it is not there.
    ///
    /// - Parameters:
    ///   - isKnown: the file was there before. To take the defaults because somebody has moved it would be a surprise.
    ///   - read: a file of at most so many bytes.
    func load(
        isKnown: Bool = false,
        read: (String, Int) throws(FileReadError) -> FileContents = FileReader.read
    ) throws(ConfigurationError) -> LoadedConfiguration {
        if let pathFault { throw self.unusable(because: pathFault) }
        let contents: FileContents
        do {
            contents = try read(self.path, Self.bytesMax)
        } catch .missing where !self.isNamed && !isKnown {
            return LoadedConfiguration(configuration: Configuration(), path: self.path, isFromFile: false)
        } catch {
            throw self.unusable(because: error.description)
        }
        var loaded = LoadedConfiguration(
            configuration: try Configuration(parsing: contents.bytes, file: self.path),
            path: self.path,
            isFromFile: true
        )
        loaded.hasKeys = Configuration.hasKeys(contents.bytes)
        loaded.strangeOwner = contents.strangeOwner
        return loaded
    }

    /// An error of the file as a whole.
    func unusable(because message: String) -> ConfigurationError {
        ConfigurationError(problems: [ConfigurationProblem(file: self.path, position: nil, message: message)])
    }

    private static func variable(_ name: String) -> [UInt8]? {
        getenv(name).map { ByteText.bytes(of: $0) }
    }
}

/// A configuration and where it came from.
struct LoadedConfiguration: Sendable, Equatable {
    var configuration: Configuration
    let path: String
    /// false when there is no file at the default path, and `configuration` is the defaults.
    let isFromFile: Bool
    /// The file sets something, if only to its default.
    var hasKeys = false
    /// The owner of the file, when this process is root and should not obey that user.
    var strangeOwner: UInt32?
}
