/// Whoever has connections that other threads send on, read and close.
protocol ConnectionOwner: ConnectionObserver {
    func makeLink() -> ConnectionLink
}
