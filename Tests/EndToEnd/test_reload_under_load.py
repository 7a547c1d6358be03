"""A hundred reloads, some with invalid files, under 500 busy connections. No datagram is lost, doubled or reordered.

Each round of a connection is one write, and so one read of the daemon. The rules echo exactly one of its first two
datagrams, and each reload changes which one. Both echoes or no echo would be a mixture of old and new rules.
"""

import threading
import time

from harness.busy_connections import ALWAYS, EITHER, OR, TO_ALL, BusyConnections
from harness.configuration import configuration, listener
from harness.raw_client import free_port

CONNECTIONS = 500
PUBLISHERS = 2
RELOADS = 100
# One reload in this many has an invalid file.
INVALID_EVERY = 7
# The rounds between two reloads. They ensure that each reload happens amid traffic.
ROUNDS_BETWEEN = 250


def rules(port: int, number: int) -> str:
    """Returns the configuration of reload `number`. Many settings change each time, but not for these connections."""
    extra = listener(name="extra", port=free_port(), header_size=4)
    swapped = (EITHER, OR) if number % 2 else (OR, EITHER)
    return configuration(
        [listener(port=port, name=f"game {number}", backlog=100 + number), *([extra] if number % 3 == 0 else [])],
        [
            {"types": [swapped[0], ALWAYS], "handler": "echo"},
            {"types": [swapped[1]], "handler": "drop"},
            {"types": [TO_ALL], "handler": "broadcast"},
        ],
        relay={"default": "drop", "include_sender": True},
        limits={"connections": CONNECTIONS + number, "pending_bytes": 1_000_000 + number, "datagram_bytes": 1000 + number},
        log={"level": "info" if number % 2 else "debug"},
    )


def test_nothing_is_lost_doubled_reordered_or_closed(launch, capsys):
    port = free_port()
    daemon = launch(rules(port, 0), arguments=())
    daemon.wait_for("ready")
    busy = BusyConnections(port, CONNECTIONS, PUBLISHERS)
    outcomes: list[str] = []
    failures: list[BaseException] = []
    times: list[float] = []

    def reload_all() -> None:
        try:
            for number in range(1, RELOADS + 1):
                wanted = busy.rounds + ROUNDS_BETWEEN
                while busy.rounds < wanted and not ended.is_set():
                    ended.wait(0.001)
                text = rules(port, number) + ("[relay]\n" if number % INVALID_EVERY == 0 else "")
                began_at = time.monotonic()
                outcomes.append(daemon.reload(text)[0].message)
                times.append(time.monotonic() - began_at)
        except BaseException as error:
            failures.append(error)

    ended = threading.Event()
    reloader = threading.Thread(target=reload_all)
    started_at = time.monotonic()
    reloader.start()
    try:
        while reloader.is_alive():
            busy.turn()
            if busy.rounds // CONNECTIONS > busy.published // PUBLISHERS and busy.are_all_in:
                for connection in busy.publishers:
                    connection.publish()
        busy.settle()
    finally:
        ended.set()
        reloader.join()
    seconds = time.monotonic() - started_at

    assert not failures, failures
    assert outcomes.count("reload.rejected") == RELOADS // INVALID_EVERY
    assert len(outcomes) == RELOADS
    assert not busy.faults
    assert not daemon.logged("connection.closed") and not daemon.logged("connection.refused")
    kinds = [sum(connection.kinds[kind] for connection in busy.all) for kind in (EITHER, OR)]
    assert min(kinds) > 0, "both sets of rules must have been in force"
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("datagrams_in") == 3 * busy.rounds + busy.published
    assert finished.number("datagrams_dropped") == busy.rounds
    assert finished.number("datagrams_out") == 2 * busy.rounds + busy.published * CONNECTIONS
    busy.close()
    with capsys.disabled():
        print(
            f"\n{RELOADS} reloads ({outcomes.count('reload.rejected')} rejected) in {seconds:.1f} s,"
            f" median {sorted(times)[len(times) // 2] * 1000:.1f} ms, longest {max(times) * 1000:.1f} ms;"
            f" {CONNECTIONS} connections, {busy.rounds} rounds ({kinds[0]} and {kinds[1]} by rules),"
            f" {busy.delivered} broadcasts delivered; no datagram lost, doubled or reordered, no connection closed"
        )
