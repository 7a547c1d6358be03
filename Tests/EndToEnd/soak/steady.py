"""The players that nothing may happen to: `lobbyctl bench`, which looks at every delivery. What it calls foreign is that of
the residents."""

from dataclasses import dataclass, field

from harness.bench import BenchResult, bench

CONNECTIONS, PUBLISHERS, RATE = 200, 5, 20
# Seconds of a round that are not its measurement: the warm-up, and waiting for what may still come.
AROUND = 4
FAULTS = ("lost", "out_of_order", "duplicates", "strays", "connections_lost")


@dataclass
class Steady:
    """The sum of all rounds. Latencies in ms."""

    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("published", "delivered", *FAULTS), 0))
    p99: list[float] = field(default_factory=list)

    def run(self, port: int, seconds: int) -> None:
        """One round, with new connections."""
        result = bench(
            port, "--connections", CONNECTIONS, "--publishers", PUBLISHERS, "--rate", RATE,
            "--duration", f"{seconds - AROUND}s", "--expect", "broadcast", timeout=seconds + 60,
        )  # fmt: skip
        self._add(result)

    def _add(self, result: BenchResult) -> None:
        for key in self.totals:
            self.totals[key] += result["totals"][key]
        self.p99.append(result["latency_ns"]["p99"] / 1e6)

    @property
    def fault_count(self) -> int:
        return sum(self.totals[key] for key in FAULTS)
