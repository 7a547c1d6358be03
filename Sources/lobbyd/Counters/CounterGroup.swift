/// Counters that documents show in one table.
struct CounterGroup<Source>: Sendable {
    let title: String
    let counters: [CounterDefinition<Source>]

    init(_ title: String, _ counters: [CounterDefinition<Source>]) {
        self.title = title
        self.counters = counters
    }

    /// The counters with their values in `source`, in their order.
    func values(in source: Source) -> [Counter] {
        self.counters.map { Counter($0.name, $0.value(source)) }
    }
}
