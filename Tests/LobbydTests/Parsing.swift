import Testing

@testable import lobbyd

/// Parses the text to a configuration, or to its errors without the name of the file.
func parse(_ text: String) -> Result<Configuration, Problems> {
    parse(bytes: Array(text.utf8))
}

func parse(bytes: [UInt8]) -> Result<Configuration, Problems> {
    Result { () throws(ConfigurationError) in
        try Configuration(parsing: bytes, file: "f")
    }
    .mapError { Problems(lines: $0.problems.map { String($0.description.dropFirst("f:".count)) }) }
}

/// Error lines of the form `line:column: message`.
struct Problems: Error, Equatable {
    let lines: [String]
}

/// Returns the errors of the text.
func problems(_ text: String) -> [String] {
    switch parse(text) {
    case .success: []
    case .failure(let problems): problems.lines
    }
}

/// A text with its exact errors.
struct BadInput: Sendable, CustomTestStringConvertible {
    let text: String
    let errors: [String]

    init(_ text: String, _ errors: String...) {
        self.text = text
        self.errors = errors
    }

    var testDescription: String { String(self.text.prefix(60)).quoted }
}
