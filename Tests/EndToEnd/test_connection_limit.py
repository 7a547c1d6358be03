"""limits.connections: the one past it is refused and counted, the others are served, a place that frees is usable."""

import time

from harness.configuration import barrier_route
from harness.panda_client import PandaProgram
from harness.waiting import DEADLINE, wait_until

LIMIT = 5
# The log's promise: so many lines of a class each second.
LINES_A_SECOND = 10


def refused_in_all(finished) -> int:
    """The total that shutdown.finished gives, whatever its key says besides "refused"."""
    totals = [value for key, value in finished.fields.items() if "refused" in key]
    assert totals, f"no count of refused connections in {finished.fields}"
    return int(totals[0])


def test_the_one_past_the_limit_is_refused(start, panda, raw):
    daemon = start(limits={"connections": LIMIT}, routes=[barrier_route()])
    clients = panda().connect_many(daemon.port(), LIMIT)

    surplus = raw(daemon.port())
    surplus.wait_for_end()
    assert surplus.frames == []
    assert daemon.wait_for("connection.refused")["reason"]

    clients[0].send(b"still served")
    for client in clients:
        assert client.take(1) == [b"still served"]
    assert daemon.terminate() == 0
    assert refused_in_all(daemon.wait_for("shutdown.finished")) == 1


def served(program: PandaProgram, port: int) -> bool:
    """Whether a newcomer gets an answer; a refused one sees its connection end instead."""
    client = program.connect(port)
    client.send(b"\xffhello")
    wait_until("an answer or the end", lambda: client.received or client.ended, program)
    return bool(client.received)


def test_a_place_that_frees_is_usable_again(start, panda):
    daemon = start(limits={"connections": LIMIT}, routes=[barrier_route()])
    program = panda()
    clients = program.connect_many(daemon.port(), LIMIT)
    assert not served(program, daemon.port())

    for client in clients[:2]:
        client.close()
    daemon.wait_for("connection.closed", count=2)

    deadline = time.monotonic() + DEADLINE
    places = 0
    while places < 2 and time.monotonic() < deadline:
        places += served(program, daemon.port())
    assert places == 2
    assert not served(program, daemon.port()), "two places had become free, not three"


def test_a_hundred_attempts_over_the_limit_do_not_flood_the_log(start, panda, raw):
    daemon = start(limits={"connections": LIMIT}, routes=[barrier_route()])
    clients = panda().connect_many(daemon.port(), LIMIT)

    attempts = [raw(daemon.port()) for _ in range(100)]
    for attempt in attempts:
        attempt.wait_for_end()

    clients[0].send(b"unharmed")
    assert clients[-1].take(1) == [b"unharmed"]
    assert daemon.terminate() == 0
    lines = daemon.logged("connection.refused")
    seconds = int(lines[-1].read_at - lines[0].read_at) + 2  # so many calendar seconds the lines may touch
    assert 1 <= len(lines) <= LINES_A_SECOND * seconds
    assert refused_in_all(daemon.wait_for("shutdown.finished")) == 100
