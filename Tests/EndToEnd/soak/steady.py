"""The players that the other load must not disturb: `lobbyctl bench`, which checks every delivery.

lobbyctl reports the residents' broadcasts as foreign.
"""

from dataclasses import dataclass, field

from harness.bench import BenchResult, bench

CONNECTIONS, PUBLISHERS, RATE = 200, 5, 20
# The seconds of a round outside its measurement: the warm-up, and the wait for late deliveries.
AROUND = 4
FAULTS = ("lost", "out_of_order", "duplicates", "strays", "connections_lost")


@dataclass
class Steady:
    """The sum of all rounds. Latencies are in ms."""

    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("published", "delivered", *FAULTS), 0))
    p99: list[float] = field(default_factory=list)

    def run(self, port: int, seconds: int) -> None:
        """Runs one round, with new connections."""
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
