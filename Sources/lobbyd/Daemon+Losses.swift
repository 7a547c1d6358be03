import Engine

/// Reports the datagrams that were lost although their connections stay open.
extension Daemon {
    /// Checks the losses every second until the process ends. The check does not walk over the connections.
    func startLossReports(_ running: RunningRelay) {
        let watch = Locked(LossWatch())
        _ = running.manager.repeat(every: Self.stormInterval) {
            running.manager.registry.losses().whenSet { result in
                // The result is a failure only after the event loops have ended.
                guard case .success(let losses) = result else { return }
                let news = watch.withLock { $0.look(losses.counters, at: .now) }
                for each in news { self.report(each) }
            }
        }
    }

    private func report(_ news: LossWatch.News) {
        self.log.record(
            .datagramsLost,
            metadata: ["reason": "\(news.name)", "datagrams": .stringConvertible(news.count)]
        )
    }
}

extension DatagramLosses {
    /// The losses that a limit caused, named after its setting, and the UDP losses, named after their counters.
    var counters: [Counter] {
        ConnectionLimit.allCases.map { Counter($0.rawValue, self.limits[$0] ?? 0) }
            + CounterGroup.udpLosses.values(in: self.udp)
    }
}
