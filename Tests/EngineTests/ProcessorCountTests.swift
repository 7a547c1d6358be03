import Testing

@testable import Engine

@Suite("ProcessorCount")
struct ProcessorCountTests {
    @Test(
        "a CPU quota rounds up to whole processors, and a missing or invalid quota gives no count",
        arguments: [
            ("100000 100000", 1), ("150000 100000", 2), ("1 100000", 1), ("400000 100000", 4), ("max 100000", nil),
            ("0 100000", nil), ("100000 0", nil), ("100000", nil), ("", nil), ("a b", nil),
        ] as [(String, Int?)]
    )
    func quota(text: String, count: Int?) {
        #expect(ProcessorCount.count(cpuMax: text) == count)
    }

    @Test("a negative cgroup v1 quota means no quota")
    func version1() {
        #expect(ProcessorCount.count(quota: -1, period: 100_000) == nil)
        #expect(ProcessorCount.count(quota: 250_000, period: 100_000) == 3)
    }

    @Test(
        "a cpuset list gives its number of processors",
        arguments: [
            ("0", 1), ("0-3", 4), ("0-1,4,8-9", 5), ("", nil), ("3-1", nil), ("a", nil), ("1-", nil),
        ] as [(String, Int?)]
    )
    func cpuset(text: String, count: Int?) {
        #expect(ProcessorCount.count(cpuset: text) == count)
    }

    @Test("the cgroup v2 path is on the line without a controller")
    func group() {
        #expect(ProcessorCount.group(line: "0::/system.slice/lobbyd.service") == "/system.slice/lobbyd.service")
        #expect(ProcessorCount.group(line: "4:cpu:/x") == nil)
    }

    @Test("a process may use at least one processor")
    func own() {
        #expect(ProcessorCount.ofThisProcess >= 1)
    }
}
