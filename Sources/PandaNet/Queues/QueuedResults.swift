/// The results of a reader or listener as a sequence, for programs without a frame loop: `for await datagram in
/// reader.datagrams`.
///
/// The sequence takes its elements from the bounded queue that polling uses. If several loops and polling use the
/// queue, each element goes to only one of them. The sequence ends when the reader or listener is shut down and its
/// queue is empty, or when the task is cancelled.
public struct QueuedResults<Element: Sendable>: AsyncSequence, Sendable {
    /// The sequence never throws.
    public typealias Failure = Never

    let queue: ResultQueue<Element>
    let take: @Sendable () -> Element?

    /// Takes one element after the other. Use it in one task at a time.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let results: QueuedResults

        /// Waits for the next element and takes it; nil at the end, or if the task is cancelled.
        public mutating func next() async -> Element? {
            while true {
                if Task.isCancelled { return nil }
                if let element = self.results.take() { return element }
                guard await self.results.queue.arrival() else { return nil }
            }
        }
    }

    /// Makes the iterator of a `for await` loop.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(results: self) }
}
