import Testing

@testable import lobbyd
