"""Broadcast: each connection gets every datagram once, in the sender's order. `include_sender` adds the sender."""

import pytest

from harness.configuration import barrier_route
from harness.sequence import numbered, numbers_by_sender
from harness.waiting import wait_until

CLIENTS = 50
SENDERS = 5
DATAGRAMS = 40


@pytest.mark.parametrize("include_sender", [True, False])
@pytest.mark.parametrize("event_loops", [1, 2])
def test_every_client_gets_every_datagram_once_in_order(start, panda, include_sender, event_loops):
    daemon = start(
        relay={"default": "broadcast", "include_sender": include_sender},
        server={"event_loops": event_loops},
        routes=[barrier_route()],
    )
    program = panda()
    clients = program.connect_many(daemon.port(), CLIENTS)

    for number in range(DATAGRAMS):
        for sender in range(SENDERS):
            clients[sender].send(numbered(sender, number))

    def expected(receiver: int) -> dict[int, list[int]]:
        return {s: list(range(DATAGRAMS)) for s in range(SENDERS) if include_sender or s != receiver}

    wait_until(
        "every delivery",
        lambda: all(len(c.received) >= DATAGRAMS * len(expected(i)) for i, c in enumerate(clients)),
        program,
    )
    # After a sender's barrier, all its datagrams have been handled. A receiver's barrier comes after any surplus copy.
    extra = [client.barrier() for client in clients]
    for receiver, client in enumerate(clients):
        assert numbers_by_sender(extra[receiver] + client.received) == expected(receiver), f"at client {receiver}"


def test_the_manuals_loop_is_the_default(start, panda):
    """Without a table [relay], a datagram reaches everyone, including its sender."""
    daemon = start(routes=[barrier_route()])
    clients = panda().connect_many(daemon.port(), 3)
    clients[0].send(b"hello")
    for client in clients:
        assert client.take(1) == [b"hello"]


@pytest.mark.parametrize("by_default", [True, False])
def test_a_route_overrides_include_sender(start, panda, by_default):
    overriding = {"types": [7], "handler": "broadcast", "include_sender": not by_default}
    inheriting = {"types": [8], "handler": "broadcast"}
    daemon = start(relay={"include_sender": by_default}, routes=[overriding, inheriting, barrier_route()])
    sender, other = panda().connect_many(daemon.port(), 2)

    sender.send(b"\x07overriding")
    sender.send(b"\x08inheriting")

    assert other.take(2) == [b"\x07overriding", b"\x08inheriting"]
    assert sender.barrier() == [b"\x08inheriting" if by_default else b"\x07overriding"]
