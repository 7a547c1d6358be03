import Engine

/// What the log tells of datagrams that are lost while nobody's connection ends.
extension Daemon {
    /// Looks every second, up to the end of the process, without a look at any connection.
    func startLossReports(_ running: RunningRelay) {
        let watch = Locked(LossWatch())
        _ = running.manager.repeat(every: Self.stormInterval) {
            running.manager.registry.losses().whenSet { result in
                // It fails only once the event loops have ended.
                guard case .success(let losses) = result else { return }
                let news = watch.withLock { $0.look(losses.counters, at: .now) }
                for each in news { self.report(each) }
            }
        }
    }

    private func report(_ news: LossWatch.News) {
        self.log.notice(
            "datagrams.lost",
            metadata: ["reason": "\(news.name)", "datagrams": .stringConvertible(news.count)]
        )
    }
}

extension DatagramLosses {
    /// By the name of the setting that they were lost to, or the one that `lobbyctl stats` has for what was wrong.
    var counters: [Counter] {
        ConnectionLimit.allCases.map { Counter($0.rawValue, self.limits[$0] ?? 0) } + self.udp.losses
    }
}
