import Glibc
import Testing

@testable import lobbyd

@Suite("Resources for startup")
struct StartNeedsTests {
    private func needs(
        eventLoops: Int = 1,
        listeners: Int = 1,
        control: Bool = false,
        isNotifying: Bool = false,
        isInJournal: Bool = false
    ) -> StartNeeds {
        var configuration = Configuration()
        configuration.server.eventLoops = eventLoops
        configuration.listeners = (0..<listeners).map { ListenerSettings(name: "\($0)", port: $0) }
        if !control { configuration.control.socket = "" }
        return StartNeeds(configuration, isNotifying: isNotifying, isInJournal: isInJournal)
    }

    @Test("each event loop needs two descriptors and a thread, and each listener two descriptors")
    func engine() {
        let one = self.needs()
        #expect((one.descriptors, one.threads) == (2 + 2 + 4 + 1, 1 + 2))
        let more = self.needs(eventLoops: 3, listeners: 5)
        #expect((more.descriptors, more.threads) == (one.descriptors + 2 * 2 + 4 * 2, one.threads + 2))
    }

    @Test("control clients, the service manager and the journal need resources too")
    func others() {
        let one = self.needs()
        let control = self.needs(control: true)
        #expect((control.descriptors, control.threads) == (one.descriptors + 2, one.threads + 1))
        let notifying = self.needs(isNotifying: true)
        #expect((notifying.descriptors, notifying.threads) == (one.descriptors + 1, one.threads + 1))
        let inJournal = self.needs(isInJournal: true)
        #expect((inJournal.descriptors, inJournal.threads) == (one.descriptors + 1, one.threads))
    }

    @Test("an automatic number of event loops counts too")
    func automatic() {
        #expect(self.needs(eventLoops: 0).threads > 2)
    }

    @Test("a probe finds the requested resources and gives them back")
    func found() {
        #expect(Probe.descriptors(20) == Probe.Result(count: 20))
        #expect(Probe.threads(20) == Probe.Result(count: 20))
        #expect(Probe.threads(0) == Probe.Result())
    }

    @Test("a probe reports the available number and the error")
    func short() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 64, rlim_max: 64)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let found = Probe.descriptors(100)
            #expect(found.count < 64 && found.errorCode == EMFILE)
            #expect(Probe.descriptors(found.count) == Probe.Result(count: found.count))
        }
        #expect(Probe.threads(3) { _ in (pthread_t(), EAGAIN) } == Probe.Result(count: 0, errorCode: EAGAIN))
    }

    @Test("a shortage names the missing resource")
    func shortage() {
        let shortage = StartShortage(.threads, needed: 6, available: 1, errorCode: EAGAIN)
        #expect(shortage.description == "too few threads: the configuration needs 6 more, and the system grants 1")
    }
}
