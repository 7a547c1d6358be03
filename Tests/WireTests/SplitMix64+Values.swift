import SeededRandom

extension SplitMix64 {
    mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    mutating func text(characterCount: Int) -> String {
        let characters: [Character] = ["a", "Z", " ", "ë", "€", "漢", "😀", "\u{FFFF}", "\u{10FFFF}", "\r\n"]
        return String((0..<characterCount).map { _ in characters.randomElement(using: &self)! })
    }
}
