import CEpoll
import Glibc

/// The connections of a load, and the loop that publishes on them and reads their deliveries. All on one thread.
struct Crowd {
    static let readBytes = 256 * 1024

    let workload: Workload
    private let scanner: DeliveryScanner
    /// A publication. Each message writes its stamp at `stampOffset`.
    private var template: [UInt8]
    private let stampOffset: Int
    private var members: [Member] = []
    private let poller = epoll_create1(0)
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: Crowd.readBytes, alignment: 16)
    private(set) var tally = Tally()

    /// Connects all members, and waits until no more bytes arrive: by then all subscriptions are active.
    init(_ workload: Workload) throws {
        self.workload = workload
        self.scanner = DeliveryScanner(dialect: workload.dialect, payloadBytes: workload.payloadBytes)
        let (head, tail) = workload.dialect.publication(of: workload.payloadBytes)
        self.template = head + [UInt8](repeating: UInt8(ascii: "x"), count: workload.payloadBytes) + tail
        self.template[head.count] = workload.messageType
        self.template[head.count + 1] = 0
        self.stampOffset = head.count
        for index in 0..<workload.connections { try self.connect(index) }
        while try self.wait(milliseconds: 500, { crowd, index in try crowd.ignore(index) }) {}
    }

    private mutating func connect(_ index: Int) throws {
        var member = try Member(port: self.workload.port, publishers: self.workload.publishers)
        try member.send(Array(self.workload.dialect.greeting.utf8))
        member.socket.stopBlocking()
        self.members.append(member)
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(u64: UInt64(index)))
        guard epoll_ctl(self.poller, EPOLL_CTL_ADD, member.socket.descriptor, &event) == 0 else {
            throw LoadSocket.Failure("epoll_ctl")
        }
    }

    mutating func resetTally() {
        let disordered = self.tally.disordered
        self.tally = Tally()
        self.tally.disordered = disordered
    }

    /// Applies the load until `end`.
    mutating func run(until end: UInt64) throws {
        let isPaced = self.workload.window == nil
        while now() < end {
            for index in 0..<self.workload.publishers { try self.publish(index, at: now()) }
            try self.wait(milliseconds: isPaced ? 1 : 10) { crowd, index in try crowd.receive(index) }
        }
    }

    /// - Returns: whether any member received bytes.
    @discardableResult
    private mutating func wait(milliseconds: CInt, _ body: (inout Crowd, Int) throws -> Void) throws -> Bool {
        try withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 512) { events in
            let count = epoll_wait(self.poller, events.baseAddress, CInt(events.count), milliseconds)
            for event in events.prefix(Int(max(count, 0))) { try body(&self, Int(event.data.u64)) }
            return count > 0
        }
    }
}

// MARK: - One member

extension Crowd {
    private mutating func publish(_ index: Int, at time: UInt64) throws {
        try self.members[index].flush()
        if let window = self.workload.window {
            while self.members[index].published - self.members[index].returned < window { self.stamp(index, time) }
        } else {
            let interval = UInt64(1_000_000_000 / self.workload.rate)
            if self.members[index].due == 0 {
                // Spreads the publishers over the first interval, to avoid one burst.
                self.members[index].due = time + interval * UInt64(index) / UInt64(self.workload.publishers)
            }
            while self.members[index].due <= time {
                self.stamp(index, self.members[index].due)
                self.members[index].due += interval
            }
        }
        try self.members[index].flush()
    }

    private mutating func stamp(_ index: Int, _ time: UInt64) {
        self.members[index].published += 1
        let stamp = Stamp(publisher: UInt16(index), sequence: self.members[index].published, nanoseconds: time)
        stamp.write(at: self.stampOffset, to: &self.template)
        self.members[index].output += self.template
        self.tally.published += 1
    }

    private func ignore(_ index: Int) throws {
        _ = try self.members[index].socket.receive(into: self.room)
    }

    private mutating func receive(_ index: Int) throws {
        let kept = self.members[index].input.count
        self.room.copyBytes(from: self.members[index].input)
        let free = UnsafeMutableRawBufferPointer(rebasing: self.room[kept...])
        let count = try self.members[index].socket.receive(into: free)
        let bytes = UnsafeRawBufferPointer(rebasing: self.room[..<(kept + count)])
        var offset = 0
        scan: while true {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            switch self.scanner.next(in: rest) {
            case .incomplete: break scan
            case .aside(let byteCount): offset += byteCount
            case .delivery(let start, let byteCount):
                self.delivered(Stamp(at: start, in: rest), to: index)
                offset += byteCount
            case .ping(let byteCount):
                try self.members[index].send(Array("PONG\r\n".utf8))
                offset += byteCount
            case .garbage:
                errno = EPROTO
                throw LoadSocket.Failure("a delivery")
            }
        }
        self.members[index].input.replaceSubrange(0..<kept, with: bytes[offset...])
    }

    private mutating func delivered(_ stamp: Stamp, to index: Int) {
        let publisher = Int(stamp.publisher)
        if self.members[index].sequences[publisher] + 1 != stamp.sequence { self.tally.disordered += 1 }
        self.members[index].sequences[publisher] = stamp.sequence
        self.tally.delivered += 1
        if publisher == index { self.members[index].returned = stamp.sequence }
        if self.workload.window == nil { self.tally.latencies.record(now() - stamp.nanoseconds) }
    }
}
