"""Header sizes 2 and 4 side by side: a broadcast reaches both listeners, each in its own framing."""

import random

from harness.configuration import barrier_route, listener
from harness.waiting import wait_until

TWO, FOUR = listener(name="two", header_size=2), listener(name="four", header_size=4)


def test_one_broadcast_reaches_both_in_their_own_framing(start, panda):
    daemon = start(listeners=[TWO, FOUR], routes=[barrier_route()])
    program2, program4 = panda(2), panda(4)
    clients2 = program2.connect_many(daemon.port("two"), 3)
    clients4 = program4.connect_many(daemon.port("four"), 3)
    source = random.Random(24)
    payloads = [bytes([1]) + source.randbytes(size) for size in (0, 1, 300, 65_534)] + [b""]

    for sender in (clients2[0], clients4[0]):
        for client in clients2 + clients4:
            client.received.clear()
        for payload in payloads:
            assert sender.send(payload)
        wait_until(
            "every delivery",
            lambda: all(len(c.received) >= len(payloads) for c in clients2 + clients4),
            program2,
            program4,
        )
        for client in clients2 + clients4:
            assert client.received == payloads


def test_a_payload_too_long_for_two_bytes_stays_among_those_with_four(start, panda):
    """The long payload is not cut, not misframed, and closes no connection. The next datagram reaches everyone."""
    daemon = start(listeners=[TWO, FOUR], limits={"datagram_bytes": 200_000}, routes=[barrier_route()])
    program2, program4 = panda(2), panda(4)
    clients2 = program2.connect_many(daemon.port("two"), 2)
    clients4 = program4.connect_many(daemon.port("four"), 3)
    long, short = b"\x01" + random.Random(4).randbytes(99_999), b"\x01short"

    assert clients4[0].send(long)
    assert clients4[0].send(short)

    for client in clients4:
        assert client.take(2) == [long, short]
    for client in clients2:
        assert client.take(1) == [short]
        assert client.barrier() == []
    assert not daemon.logged("connection.closed")


def test_an_echo_may_be_longer_than_two_bytes_can_say(start, panda):
    daemon = start(
        listeners=[FOUR], relay={"default": "echo"}, limits={"datagram_bytes": 1_000_000, "pending_bytes": 4_000_000}
    )
    client = panda(4).connect(daemon.port("four"))
    payload = random.Random(5).randbytes(1_000_000)
    assert client.send(payload)
    assert client.take(1) == [payload]
