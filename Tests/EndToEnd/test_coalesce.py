"""`coalesce`: broadcasts wait for more broadcasts, keep their order among echoes, and all arrive."""

import time

import pytest

from harness.configuration import barrier_route
from harness.sequence import numbered, numbers_by_sender
from harness.waiting import wait_until

COALESCE = 0.25


@pytest.mark.parametrize("event_loops", [1, 2])
def test_every_broadcast_comes_once_and_in_order(start, panda, event_loops):
    daemon = start(
        relay={"coalesce": "20ms"}, server={"event_loops": event_loops}, routes=[barrier_route()]
    )
    program = panda()
    clients = program.connect_many(daemon.port(), 8)
    for number in range(100):
        for sender in range(3):
            clients[sender].send(numbered(sender, number))
    wait_until("every delivery", lambda: all(len(client.received) >= 300 for client in clients), program)
    extra = [client.barrier() for client in clients]
    for client, more in zip(clients, extra):
        assert numbers_by_sender(more + client.received) == {sender: list(range(100)) for sender in range(3)}


def test_a_broadcast_waits_no_longer_than_it_may(start, panda):
    daemon = start(relay={"coalesce": f"{COALESCE * 1000:.0f}ms"}, routes=[barrier_route()])
    client = panda().connect(daemon.port())
    client.barrier()
    sent_at = time.monotonic()
    client.send(b"\x01waits")
    client.send(b"\xffechoed behind it")
    assert client.take(2) == [b"\x01waits", b"\xffechoed behind it"]
    assert time.monotonic() - sent_at >= COALESCE


def test_a_shutdown_sends_what_waits(start, panda):
    daemon = start(relay={"coalesce": "1s"}, server={"event_loops": 1}, routes=[barrier_route()])
    client, other = panda().connect_many(daemon.port(), 2)
    client.send(b"\x01last words")
    # When this answer arrives, the event loop has already handled the broadcast.
    assert other.barrier() == []
    daemon.terminate()
    assert other.take(1) == [b"\x01last words"]
