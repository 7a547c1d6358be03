/// Something that takes bytes from strangers, and what must hold whatever they are.
struct FuzzTarget: Sendable {
    let name: String
    /// Ends the process when something does not hold.
    let run: @convention(c) @Sendable (UnsafePointer<UInt8>?, Int) -> CInt

    /// A new one is a file in `Targets`, a line here, and a folder of examples in `corpus`.
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

/// What a target found. Unlike `precondition` it says so in a release build.
func expect(_ isTrue: Bool, _ expectation: @autoclosure () -> String) {
    if !isTrue { fatalError("does not hold: \(expectation())") }
}
