import Relay
import Testing

@testable import lobbyd

@Suite("Bad relay and routes")
struct BadRouteTests {
    private static let type = "a type (such as 7) or a range of types with the lowest first (such as \"10-19\")"
    private static let handlers = DatagramHandlers.all.map { "\"\($0.name)\"" }.listed

    @Test(
        "a bad value is an error with line, column, key, the found value and the allowed ones",
        arguments: [
            BadInput(
                "[relay]\nmessage_type = \"uint32\"",
                "2:16: relay.message_type: found \"uint32\", expected \"uint8\", \"uint16\" or \"none\";"
                    + " did you mean \"uint16\"?"
            ),
            BadInput(
                "[relay]\nmessage_type = 8",
                "2:16: relay.message_type: found 8, expected \"uint8\", \"uint16\" or \"none\""
            ),
            BadInput(
                "[relay]\ndefault = \"brodcast\"",
                "2:11: relay.default: found \"brodcast\", expected \(handlers); did you mean \"broadcast\"?"
            ),
            BadInput(
                "[relay]\ninclude_sender = 1",
                "2:18: relay.include_sender: found 1, expected true or false"
            ),
            BadInput(
                "[[route]]\ntypes = [1]\nhandler = \"multicast\"",
                "3:11: route.handler: found \"multicast\", expected \(handlers)"
            ),
            BadInput("[[route]]\ntypes = [1]", "1:1: route.handler: missing, expected \(handlers)"),
            BadInput(
                "[[route]]\nhandler = \"echo\"",
                "1:1: route.types: missing, expected an array with at least one element, each \(type)"
            ),
            BadInput(
                "[[route]]\ntypes = []\nhandler = \"echo\"",
                "2:9: route.types: found an empty array, expected an array with at least one element, each \(type)"
            ),
            BadInput(
                "[[route]]\ntypes = 1\nhandler = \"echo\"",
                "2:9: route.types: found 1, expected an array with at least one element, each \(type)"
            ),
            BadInput(
                "[[route]]\ntypes = [1, -1, \"19-10\",\n\"1-\", \"-5\", \"+1-2\", \"1-2-3\", \"7\", 1.5, \"1 - 2\", \"\"]\nhandler = \"echo\"",
                "2:13: route.types: found -1, expected \(type)",
                "2:17: route.types: found \"19-10\", expected \(type)",
                "3:1: route.types: found \"1-\", expected \(type)",
                "3:7: route.types: found \"-5\", expected \(type)",
                "3:13: route.types: found \"+1-2\", expected \(type)",
                "3:21: route.types: found \"1-2-3\", expected \(type)",
                "3:30: route.types: found \"7\", expected \(type)",
                "3:35: route.types: found 1.5, expected \(type)",
                "3:40: route.types: found \"1 - 2\", expected \(type)",
                "3:49: route.types: found \"\", expected \(type)"
            ),
            BadInput(
                "[[route]]\ntypes = [1]\nhandler = \"broadcast\"\ninclude_sender = \"no\"",
                "4:18: route.include_sender: found \"no\", expected true or false"
            ),
            BadInput(
                "[[route]]\ntypes = [1]\nhandler = \"echo\"\ninclude_sender = false",
                "4:18: route.include_sender: not valid with handler \"echo\", only with \"broadcast\"; remove this key"
            ),
        ]
    )
    func values(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test(
        "a type that is out of range or has two routes is an error, as is a route without message types",
        arguments: [
            BadInput(
                "[[route]]\ntypes = [255, 256]\nhandler = \"echo\"",
                "2:15: route.types: found 256, expected 0 to 255 with relay.message_type \"uint8\""
            ),
            BadInput(
                "[[route]]\ntypes = [\"250-256\"]\nhandler = \"echo\"",
                "2:10: route.types: found 256, expected 0 to 255 with relay.message_type \"uint8\""
            ),
            BadInput(
                "[[route]]\ntypes = [65536]\nhandler = \"echo\"\n[relay]\nmessage_type = \"uint16\"",
                "2:10: route.types: found 65536, expected 0 to 65535 with relay.message_type \"uint16\""
            ),
            BadInput(
                "[[route]]\ntypes = [1, \"0-9\"]\nhandler = \"echo\"",
                "2:13: route.types: type 1 is in this route twice; remove one"
            ),
            BadInput(
                "[[route]]\ntypes = [\"10-19\"]\nhandler = \"echo\"\n[[route]]\ntypes = [9, 19]\nhandler = \"drop\"",
                "5:13: route.types: type 19 is already in the route at line 1; remove one"
            ),
            BadInput(
                "route = [{types = [1], handler = \"echo\"}, {types = [1], handler = \"drop\"}]",
                "1:53: route.types: type 1 is already in the route at line 1; remove one"
            ),
            BadInput(
                "[relay]\nmessage_type = \"none\"\n[[route]]\ntypes = [1]\nhandler = \"echo\"",
                "3:1: route: not valid with relay.message_type \"none\"; remove the routes"
            ),
        ]
    )
    func types(input: BadInput) {
        #expect(problems(input.text) == input.errors)
    }

    @Test("types are not checked against an invalid message_type")
    func oneMistakeOneError() {
        let text = "[relay]\nmessage_type = 16\n[[route]]\ntypes = [300]\nhandler = \"echo\""
        #expect(
            problems(text) == ["2:16: relay.message_type: found 16, expected \"uint8\", \"uint16\" or \"none\""]
        )
    }
}
