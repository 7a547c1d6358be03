import Testing

@testable import lobbyd

@Suite("config/lobbyd.toml")
struct ShippedConfigurationTests {
    private let text: String

    init() throws {
        self.text = try Shipped.text("config/lobbyd.toml")
    }

    @Test("the shipped file gives the defaults")
    func defaults() {
        #expect(parse(self.text) == .success(Configuration()))
    }

    @Test("the example route in the shipped file is valid")
    func example() {
        let lines = self.text.split(separator: "\n")
        // A comment that mentions a value in a sentence contains a full stop, and an example line does not.
        let route = lines.drop { $0 != "# [[route]]" }.prefix { !$0.hasPrefix("[") }
        let settings = route.filter { $0 == "# [[route]]" || $0.contains(" = ") && !$0.contains(".") }
            .map { $0.dropFirst(2) }.joined(separator: "\n")
        var expected = Configuration()
        expected.routes = [RouteSettings(types: [1...1, 2...2, 10...19], handler: "broadcast", includeSender: false)]
        #expect(parse(settings) == .success(expected))
    }
}
