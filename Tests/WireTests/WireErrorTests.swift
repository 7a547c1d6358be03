import Testing
import Wire

@Suite("WireError")
struct WireErrorTests {
    @Test(
        "each error text states the wanted and the available bytes, or the fault of the text",
        arguments: [
            (
                .outOfBounds(position: 3, wanted: 2, left: 1),
                "Cannot read 2 bytes at position 3: 1 byte left in the datagram."
            ),
            (
                .outOfBounds(position: 0, wanted: 1, left: 0),
                "Cannot read 1 byte at position 0: 0 bytes left in the datagram."
            ),
            (
                .outOfBounds(position: 0, wanted: -1, left: 2),
                "Cannot read -1 bytes at position 0: 2 bytes left in the datagram."
            ),
            (
                .tooLong(byteCount: 65_536, byteCountMax: 65_535),
                "Cannot add 65536 bytes: the count before them allows at most 65535."
            ),
            (.notUTF8(position: 2), "The text at position 2 is not UTF-8."),
            (.notUTF16(position: 4), "The text at position 4 is not UTF-16."),
        ] as [(WireError, String)]
    )
    func description(error: WireError, sentence: String) {
        #expect("\(error)" == sentence)
    }
}
