import ArgumentParser
import Control
import Glibc
import Logging
import Systemd

@main
struct LobbydCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lobbyd",
        abstract: "A game-lobby relay for Panda3D's datagrams.",
        discussion: """
            Opens the rendezvous ports of its configuration, and echoes, broadcasts or drops what each connection sends. \
            SIGTERM and SIGINT end it after what is queued has been sent; a second one ends it at once.

            Exits with 0, 1 when something failed while running, 64 on a wrong command line, 71 when the system refuses \
            something such as a port, 78 when the configuration can't be used.
            """,
        version: Version.text
    )

    @Option(
        help: ArgumentHelp(
            "The configuration.",
            discussion:
                "Without it $LOBBYD_CONFIG, then \(ConfigurationFile.defaultPath); the last one need not exist.",
            valueName: "file"
        )
    )
    var config: String?

    @Flag(help: "Check the configuration, print every error, and exit.")
    var check = false

    @Flag(help: "Print the configuration with every default filled in, and exit.")
    var dumpConfig = false

    @Option(
        help: ArgumentHelp(
            "Log from this level up, whatever the configuration says.",
            discussion: "One of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "level"
        ),
        transform: level
    )
    var logLevel: Logger.Level?

    @Option(help: "Where and how to log, whatever the configuration says.")
    var logFormat: LogFormat?

    func run() throws {
        // A reader of standard error that has gone must not end the relay.
        signal(SIGPIPE, SIG_IGN)
        let notifier = Notifier()
        let loaded = try self.load(notifier)
        if self.check {
            print(loaded.isFromFile ? "\(loaded.path): valid" : "\(loaded.path): not there; the defaults are used")
        } else if self.dumpConfig {
            print(loaded.configuration.toml, terminator: "")
        } else {
            let status = try self.serve(loaded, notifier)
            throw ExitCode(status.rawValue)
        }
    }

    private func load(_ notifier: Notifier) throws -> LoadedConfiguration {
        do throws(ConfigurationError) {
            return try ConfigurationFile(option: self.config).load()
        } catch {
            var standardError = StandardError()
            print(error, to: &standardError)
            notifier.failed(status: error.problems[0].description, errno: EINVAL)
            throw ExitCode(ExitStatus.configuration.rawValue)
        }
    }

    private func serve(_ loaded: LoadedConfiguration, _ notifier: Notifier) throws -> ExitStatus {
        var configuration = loaded.configuration
        configuration.log.level = self.logLevel ?? configuration.log.level
        configuration.log.format = self.logFormat ?? configuration.log.format
        let level = LogBackend.bootstrap(
            format: configuration.log.format,
            level: configuration.log.level,
            identifier: "lobbyd"
        )
        StopSignal.block()
        let daemon = Daemon(
            configuration: configuration,
            log: Logger(label: "lobbyd"),
            notifier: notifier,
            logLevel: LogLevelSwitch(level),
            source: loaded.isFromFile ? loaded.path : "none, defaults"
        )
        daemon.reportStarting()
        return try daemon.run()
    }
}

private func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else { throw ValidationError("no such level: \(text.quoted)") }
    return level
}

extension LogFormat: ExpressibleByArgument {}
