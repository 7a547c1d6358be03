import ArgumentParser
import Control

/// The columns by which a list of connections can be sorted.
enum ConnectionColumn: String, CaseIterable, ExpressibleByArgument {
    case id
    case listener
    case address
    case age
    case datagramsIn = "datagrams-in"
    case datagramsOut = "datagrams-out"
    case bytesIn = "bytes-in"
    case bytesOut = "bytes-out"
    case pending

    /// Sorts in ascending order. Equal connections are in the order of their numbers.
    func sort(_ connections: [ConnectionReport], isReversed: Bool) -> [ConnectionReport] {
        let sorted = connections.sorted { self.isAscending($0, $1) ?? ($0.id < $1.id) }
        return isReversed ? sorted.reversed() : sorted
    }

    /// nil when the two are equal.
    private func isAscending(_ left: ConnectionReport, _ right: ConnectionReport) -> Bool? {
        switch self {
        case .id: Self.compare(left.id, right.id)
        case .listener: Self.compare(left.listener, right.listener)
        case .address:
            Self.compare(left.address, right.address) ?? Self.compare(left.port, right.port)
        case .age: Self.compare(left.age, right.age)
        case .datagramsIn: Self.compare(left.traffic.datagramsIn, right.traffic.datagramsIn)
        case .datagramsOut: Self.compare(left.traffic.datagramsOut, right.traffic.datagramsOut)
        case .bytesIn: Self.compare(left.traffic.bytesIn, right.traffic.bytesIn)
        case .bytesOut: Self.compare(left.traffic.bytesOut, right.traffic.bytesOut)
        case .pending: Self.compare(left.pendingBytes, right.pendingBytes)
        }
    }

    private static func compare<Value: Comparable>(_ left: Value, _ right: Value) -> Bool? {
        left == right ? nil : left < right
    }
}
