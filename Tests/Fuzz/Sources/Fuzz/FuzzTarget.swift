/// Code that reads bytes from strangers, with the conditions that hold for all input.
struct FuzzTarget: Sendable {
    let name: String
    /// Ends the process if a condition does not hold.
    let run: @convention(c) @Sendable (UnsafePointer<UInt8>?, Int) -> CInt

    /// All targets. A new target needs a file in `Targets`, a line here, and a folder of examples in `corpus`.
    static let all = [
        Self(name: "frames") { bytes, count in FramesTarget.run(UnsafeRawBufferPointer(start: bytes, count: count)) },
        Self(name: "udp") { bytes, count in UDPTarget.run(UnsafeRawBufferPointer(start: bytes, count: count)) },
        Self(name: "iterator") { bytes, count in IteratorTarget.run(UnsafeRawBufferPointer(start: bytes, count: count))
        },
        Self(name: "configuration") { bytes, count in
            ConfigurationTarget.run(UnsafeRawBufferPointer(start: bytes, count: count))
        },
        Self(name: "control") { bytes, count in ControlTarget.run(UnsafeRawBufferPointer(start: bytes, count: count)) },
    ]
}

/// Checks a condition of a target. Unlike `precondition`, it prints the expectation in a release build too.
func expect(_ isTrue: Bool, _ expectation: @autoclosure () -> String) {
    if !isTrue { fatalError("does not hold: \(expectation())") }
}
