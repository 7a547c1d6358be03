/// What a reader or a listener brings, for programs without a frame loop: `for await datagram in reader.datagrams`.
///
/// It takes from the same bounded queue as polling does, so that each element goes to one taker, and to one loop of several.
/// It ends when the reader or listener is shut down and its queue is empty, or when the task is cancelled.
public struct QueuedResults<Element: Sendable>: AsyncSequence, Sendable {
    /// It never throws.
    public typealias Failure = Never

    let queue: ResultQueue<Element>
    let take: @Sendable () -> Element?

    /// Takes one element after the other. For one task at a time.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let results: QueuedResults

        /// The next element, once there is one; nil at the end, or when the task is cancelled.
        public mutating func next() async -> Element? {
            while true {
                if Task.isCancelled { return nil }
                if let element = self.results.take() { return element }
                guard await self.results.queue.arrival() else { return nil }
            }
        }
    }

    /// What `for await` calls.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(results: self) }
}
