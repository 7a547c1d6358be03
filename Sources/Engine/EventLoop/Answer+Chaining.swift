extension Answer {
    /// Chains a second step: returns the answer of `next`. If this answer fails, so does the returned answer.
    ///
    /// - Parameter next: called on the thread that sets this answer.
    package func flatMap<Other: Sendable>(_ next: @escaping @Sendable (Value) -> Answer<Other>) -> Answer<Other> {
        let other = Answer<Other>()
        self.whenSet { result in
            switch result {
            case .success(let value): next(value).whenSet { other.set($0) }
            case .failure(let error): other.fail(error)
            }
        }
        return other
    }
}

extension EventLoop {
    /// Posts work that itself returns an answer.
    func flatSubmit<Result: Sendable>(_ body: @escaping @Sendable () -> Answer<Result>) -> Answer<Result> {
        self.ask { answer in body().whenSet { answer.set($0) } }
    }
}
