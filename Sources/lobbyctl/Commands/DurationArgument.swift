import ArgumentParser
import Control

/// Parses a duration of the command line. It has the same form as in the configuration.
func durationArgument(_ text: String) throws -> Duration {
    guard let duration = Duration(text: text) else {
        let meant = Duration.meant(by: text, in: .zero ... .seconds(Int64.max)).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError("expected a duration, \(Duration.textForm)\(meant)")
    }
    return duration
}
