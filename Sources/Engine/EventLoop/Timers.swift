/// Work that an event loop runs at a deadline. Cancelling frees the work, and all that it captures, at once.
final class Timer {
    fileprivate let deadline: Instant
    /// Orders timers with the same deadline: the timer that was added first runs first.
    fileprivate let number: UInt64
    fileprivate var work: (() -> Void)?
    /// Its position in the heap; -1 outside it.
    fileprivate var heapIndex = -1

    fileprivate init(_ deadline: Instant, number: UInt64, _ work: @escaping () -> Void) {
        self.deadline = deadline
        self.number = number
        self.work = work
    }

    fileprivate static func < (left: Timer, right: Timer) -> Bool {
        left.deadline == right.deadline ? left.number < right.number : left.deadline < right.deadline
    }
}

/// A binary heap of timers with the earliest deadline on top. Each change takes O(log n).
struct TimerHeap {
    private var heap: ContiguousArray<Timer> = []
    private var lastNumber: UInt64 = 0

    var nextDeadline: Instant? { self.heap.first?.deadline }

    mutating func add(at deadline: Instant, _ work: @escaping () -> Void) -> Timer {
        self.lastNumber += 1
        let timer = Timer(deadline, number: self.lastNumber, work)
        timer.heapIndex = self.heap.count
        self.heap.append(timer)
        self.siftUp(from: timer.heapIndex)
        return timer
    }

    /// Cancels a timer. A no-op for a timer that has run or was cancelled.
    mutating func cancel(_ timer: Timer) {
        guard timer.heapIndex >= 0 else { return }
        let index = timer.heapIndex
        (timer.heapIndex, timer.work) = (-1, nil)
        let last = self.heap.removeLast()
        guard last !== timer else { return }
        self.store(last, at: index)
        self.siftUp(from: index)
        self.siftDown(from: last.heapIndex)
    }

    /// Removes the timer with the earliest deadline.
    ///
    /// - Returns: its work; nil when no timer is due at `now`.
    mutating func popDue(at now: Instant) -> (() -> Void)? {
        guard let first = self.heap.first, first.deadline <= now, let work = first.work else { return nil }
        self.cancel(first)
        return work
    }

    mutating func removeAll() {
        for timer in self.heap { (timer.heapIndex, timer.work) = (-1, nil) }
        self.heap = []
    }

    private mutating func store(_ timer: Timer, at index: Int) {
        self.heap[index] = timer
        timer.heapIndex = index
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard self.heap[index] < self.heap[parent] else { return }
            self.exchange(index, parent)
            index = parent
        }
    }

    private mutating func siftDown(from start: Int) {
        var index = start
        while true {
            var smallest = index
            for child in [2 * index + 1, 2 * index + 2] where child < self.heap.count {
                if self.heap[child] < self.heap[smallest] { smallest = child }
            }
            guard smallest != index else { return }
            self.exchange(index, smallest)
            index = smallest
        }
    }

    private mutating func exchange(_ a: Int, _ b: Int) {
        let (left, right) = (self.heap[a], self.heap[b])
        self.store(right, at: a)
        self.store(left, at: b)
    }
}
