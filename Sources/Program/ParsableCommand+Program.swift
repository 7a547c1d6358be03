import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Runs the command line to the end of the process. Text that standard output does not take makes the exit status 1.
    public static func runProgram() -> Never {
        // Without it, a write to a file that is as long as it may be would end the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try self.parseAsRoot(try ProgramArguments.all())
            try command.run()
        } catch let failure as StreamFailure {
            self.end(failure)
        } catch {
            self.end(error)
        }
        Glibc.exit(EXIT_SUCCESS)
    }

    /// - Parameter error: an error, or help that was asked for.
    private static func end(_ error: any Error) -> Never {
        let status = self.exitCode(for: error).rawValue
        let text = self.fullMessage(for: error)
        if !text.isEmpty {
            do throws(StreamFailure) {
                try (status == EXIT_SUCCESS ? StandardStream.output : .error).print(text)
            } catch {
                if status == EXIT_SUCCESS { self.end(error) }
            }
        }
        Glibc.exit(status)
    }

    private static func end(_ failure: StreamFailure) -> Never {
        let name = self.configuration.commandName ?? "\(self)"
        // There is no further stream for a failure of this one.
        if !failure.isReaderGone { try? StandardStream.error.print("\(name): \(failure)") }
        Glibc.exit(EXIT_FAILURE)
    }
}
