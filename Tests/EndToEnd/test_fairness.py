"""Floods of tiny datagrams over TCP and UDP on the only event loop: another client is served in between."""

import sys

from harness import flood
from harness.configuration import listener
from harness.evenness import Pings, assert_at_most, first_served
from harness.program import Program
from harness.waiting import IS_SANITIZED

# The duration of the measurement beside the floods, and the limit for its 99th percentile. Both in seconds.
WINDOW, TRIP_MAX = 4.0, 0.05
# The least number of datagrams of each flood in that time. Fewer would prove little.
FLOODS_MIN = 5_000_000, 100_000, 10_000


def test_a_bystander_is_served_between_floods(start, run, raw, capsys):
    report: list[str] = []
    try:
        assert_at_most(TRIP_MAX, lambda: trip_beside_floods(start, run, raw, report))
    finally:
        with capsys.disabled():
            print("", *report, sep="\n")


def trip_beside_floods(start, run, raw, report: list[str]) -> float:
    """Returns the 99th percentile of a bystander's round trips, in seconds."""
    daemon = start(
        listeners=[listener(), listener(name="udp", transport="udp")],
        server={"event_loops": 1},
        # High limits: a flood that reads too slowly for a moment must not be closed.
        limits={"pending_bytes": 1 << 26, "pending_datagrams": 0},
        relay={"default": "echo"},
        routes=[{"types": [2], "handler": "drop"}],
    )
    pings = Pings(raw(daemon.port()), payload=b"\x01ping")
    floods = run(Program(sys.executable, "-B", flood.__file__, daemon.port(), daemon.port("udp")))
    ports = floods.line().split()
    with first_served(daemon.process.pid):
        pings.run(WINDOW)
    assert floods.process.poll() is None, "a flood was closed"
    pings.client.close()
    floods.kill()
    assert daemon.terminate() == 0
    came = [daemon.wait_for("connection.closed", peer_port=port).number("datagrams_in") for port in ports]
    report.append(
        f"beside floods of {came[0] / WINDOW:,.0f} empty datagrams/s, {came[1] / WINDOW:,.0f} of alternating types and"
        f" {came[2] / WINDOW:,.0f} over UDP: p50 {pings.percentile(50) * 1000:.1f} ms, p99 {pings.percentile(99) * 1000:.1f} ms,"
        f" longest {max(pings.trips) * 1000:.1f} ms"
    )
    assert IS_SANITIZED or all(count >= least for count, least in zip(came, FLOODS_MIN)), came
    return pings.percentile(99)
