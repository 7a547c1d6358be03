/// A limit that a connection can pass, under its name in lobbyd's configuration.
public enum ConnectionLimit: String, Sendable, CaseIterable {
    case datagramBytes = "datagram_bytes"
    case datagramsPerSecond = "datagrams_per_second"
    case bytesPerSecond = "bytes_per_second"
    case broadcastBytesPerSecond = "broadcast_bytes_per_second"
    case throttleAge = "throttle_age"
    case pendingBytes = "pending_bytes"
    case pendingDatagrams = "pending_datagrams"
    case pendingAge = "pending_age"
    case pendingBytesTotal = "pending_bytes_total"
    case unfinishedBytesTotal = "unfinished_bytes_total"
    case frameTimeout = "frame_timeout"
    case idleTimeout = "idle_timeout"
}
