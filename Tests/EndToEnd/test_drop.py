"""Drop: no client gets the datagram. Later datagrams are handled normally."""

from harness.configuration import barrier_route


def test_a_dropped_datagram_reaches_nobody(start, panda):
    daemon = start(relay={"default": "broadcast"}, routes=[{"types": [3], "handler": "drop"}, barrier_route()])
    sender, other = panda().connect_many(daemon.port(), 2)

    for number in range(100):
        sender.send(b"\x03dropped")
        sender.send(bytes([1, number]))

    kept = [bytes([1, number]) for number in range(100)]
    assert sender.barrier() == kept
    assert other.take(100) == kept
    assert other.barrier() == []


def test_drop_as_the_default(start, panda):
    daemon = start(relay={"default": "drop"}, routes=[barrier_route()])
    sender, other = panda().connect_many(daemon.port(), 2)
    sender.send(b"\x01dropped")
    sender.send(b"")
    assert sender.barrier() == []
    assert other.barrier() == []
