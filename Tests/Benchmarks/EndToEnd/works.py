"""The workloads that each server gets, and the figures that are compared."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure: a key of a load generator's output, or of the values that `peer_load` computes from it."""

    key: str
    label: str
    #: Whether a larger value is better. The printed ratio is the factor by which lobbyd is better.
    more_is_better: bool = False


CPU_PER_DELIVERY = Figure("cpu_ns_per_delivery", "CPU ns a delivery")
DELIVERIES = Figure("deliveries_per_second", "deliveries/s", more_is_better=True)


@dataclass(frozen=True)
class Work:
    name: str
    #: PeerLoad's name for it.
    kind: str
    about: str
    figures: tuple[Figure, ...]
    connections: int
    publishers: int = 0
    #: The messages in flight of each publisher (`window`), or its messages per second (`rate`).
    window: int | None = None
    rate: float | None = None

    def load(self) -> list[str]:
        """Returns the options of the load, which both generators share."""
        options = ["--connections", str(self.connections)]
        if self.publishers:
            options += ["--publishers", str(self.publishers)]
        if self.window is not None:
            options += ["--window", str(self.window)]
        if self.rate is not None:
            options += ["--rate", str(self.rate)]
        return options


def all_works(quick: bool) -> list[Work]:
    """Returns all workloads. A quick run has fewer connections where their number affects only the precision."""
    return [
        Work("echo", "echo", "50 connections, one datagram in flight each", (CPU_PER_DELIVERY, DELIVERIES), 50, 50, 1),
        Work("flood", "fanout", "100 connections, 10 publish, 16 in flight each", (DELIVERIES, CPU_PER_DELIVERY), 100, 10, 16),
        Work(
            "steady",
            "fanout",
            "100 connections, 10 publish 100/s each",
            (CPU_PER_DELIVERY, Figure("p99_us", "p99 µs")),
            100,
            10,
            rate=100,
        ),
        Work("wide", "fanout", "1,000 connections, 2 publish 20/s each", (CPU_PER_DELIVERY,), 1000, 2, rate=20),
        Work(
            "idle",
            "idle",
            "connections without traffic",
            (Figure("bytes_per_connection", "bytes a connection"), Figure("resident_kib", "KiB before any")),
            1000 if quick else 5000,
        ),
        Work(
            "churn",
            "churn",
            "connect, echo one, close",
            (Figure("cpu_us_per_connection", "CPU µs a connection"),),
            500 if quick else 5000,
        ),
    ]
