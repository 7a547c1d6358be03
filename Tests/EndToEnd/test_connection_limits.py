"""Each limit of a connection, exceeded by one, affects only this connection. The log and a counter name the limit."""

import pytest

from harness.raw_client import frame
from harness.raw_udp_client import udp_datagram
from harness.waiting import wait_until

EMPTY = frame(b"")


@pytest.mark.parametrize(
    ("limit", "value", "data", "reason"),
    [
        ("frame_timeout", "100ms", EMPTY + b"\x05", "frameTimeout"),
        ("idle_timeout", "100ms", EMPTY, "idleTimeout"),
    ],
)
def test_one_past_it_ends_the_connection(start, raw, limit, value, data, reason):
    daemon = start(limits={limit: value}, relay={"default": "drop"})
    offender = raw(daemon.port())
    port = offender.port
    offender.send_bytes(data)
    offender.wait_for_end()

    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert (closed["close_reason"], closed["limit"]) == (reason, limit)
    assert closed["level"] == ("debug" if reason == "idleTimeout" else "notice")
    assert daemon.terminate() == 0
    assert exceeded(daemon) == {f"exceeded_{limit}": 1}


RATES = [
    ("datagrams_per_second", 10, EMPTY * 10, EMPTY),
    ("bytes_per_second", 100, frame(bytes(50)), frame(bytes(47))),
    ("broadcast_bytes_per_second", 100, frame(bytes(50)), frame(bytes(47))),
]


@pytest.mark.parametrize(("limit", "value", "data", "more"), RATES)
def test_one_past_a_rate_waits(start, raw, limit, value, data, more):
    handler = "broadcast" if limit == "broadcast_bytes_per_second" else "echo"
    daemon = start(limits={"datagram_bytes": 90, limit: value}, relay={"default": handler})
    client = raw(daemon.port())
    client.send_bytes(data + more)
    wait_until("all echoes", lambda: b"".join(map(frame, client.frames)) == data + more, client)
    assert not client.end
    assert daemon.terminate() == 0
    assert exceeded(daemon) == {f"exceeded_{limit}": 1}


@pytest.mark.parametrize(("limit", "value", "data", "more"), RATES)
def test_one_that_waits_too_long_for_a_rate_ends_the_connection(start, raw, limit, value, data, more):
    handler = "broadcast" if limit == "broadcast_bytes_per_second" else "echo"
    limits = {"datagram_bytes": 90, limit: value, "throttle_age": "100ms"}
    daemon = start(limits=limits, relay={"default": handler})
    client = raw(daemon.port())
    port = client.port
    # Twenty times the data of one second.
    client.send_bytes((data + more) * 20)
    client.wait_for_end()
    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert (closed["close_reason"], closed["limit"], closed["level"]) == ("rateLimited", "throttle_age", "notice")
    assert daemon.terminate() == 0
    assert exceeded(daemon) == {f"exceeded_{limit}": 1, "exceeded_throttle_age": 1}


def test_a_broadcast_that_no_second_has_room_for_ends_the_connection(start, raw):
    daemon = start(limits={"datagram_bytes": 90, "broadcast_bytes_per_second": 100, "throttle_age": "0s"})
    clients = [raw(daemon.port()) for _ in range(2)]
    clients[0].send(bytes(47))
    clients[0].wait_for(1)
    port = clients[0].port
    # With its header and for both connections, it is over the limit.
    clients[0].send(bytes(49))
    clients[0].wait_for_end()
    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert (closed["close_reason"], closed["limit"]) == ("rateLimited", "broadcast_bytes_per_second")


def exceeded(daemon):
    finished = daemon.wait_for("shutdown.finished")
    counts = {key: finished.number(key) for key in finished.fields if key.startswith("exceeded_")}
    return {key: count for key, count in counts.items() if count}


@pytest.mark.parametrize(
    ("limit", "value", "data"),
    [
        ("datagrams_per_second", 10, EMPTY * 10),
        ("bytes_per_second", 100, frame(bytes(50)) + frame(bytes(46))),
        ("broadcast_bytes_per_second", 100, frame(bytes(50)) + frame(bytes(46))),
    ],
)
def test_exactly_the_limit_passes(start, raw, limit, value, data):
    handler = "broadcast" if limit == "broadcast_bytes_per_second" else "echo"
    daemon = start(limits={"datagram_bytes": 90, limit: value}, relay={"default": handler})
    client = raw(daemon.port())
    client.send_bytes(data)
    wait_until("all echoes", lambda: sum(map(len, map(frame, client.frames))) == len(data), client)
    assert not client.end


def test_a_rate_over_udp_costs_datagrams_and_not_the_connection(start, raw_udp):
    daemon = start(
        listeners=[{"name": "game", "address": "127.0.0.1", "port": 0, "transport": "udp"}],
        limits={"datagrams_per_second": 5, "udp_proof": "none"},
        relay={"default": "echo"},
    )
    client = raw_udp(daemon.port())
    for number in range(12):
        client.send(bytes([number]))
    client.wait_for(bytes([4]))
    wait_until("room again", lambda: udp_datagram(b"late") in client.received or client.send(b"late"), client)
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("connections") == 1
    assert finished.number("exceeded_datagrams_per_second") >= 6
    assert finished.number("datagrams_in") == finished.number("datagrams_out") + finished.number(
        "exceeded_datagrams_per_second"
    )


def test_a_slow_client_goes_without_some_datagrams_when_that_is_asked_for(start, raw):
    """With `slow_consumer = "drop"`, received datagrams are whole and in order, and dropped ones are counted."""
    daemon = start(limits={"slow_consumer": "drop", "pending_bytes": 100_000, "pending_age": "0s"})
    slow = raw(daemon.port(), receive_buffer_bytes=4_096)
    slow.send(b"\x01hello")
    slow.wait_for(1)
    sender = raw(daemon.port())
    for number in range(400):
        sender.send(number.to_bytes(2, "big") * 5_000)
        sender.wait_for(number + 1)
    sender.send(b"last")
    sender.wait_for(401)
    slow.half_close()
    port = slow.port
    while slow.poll() or not slow.end:
        pass
    daemon.wait_for("connection.closed", peer_port=port)
    assert daemon.terminate() == 0
    unsent = daemon.wait_for("shutdown.finished").number("datagrams_unsent")
    assert 0 < unsent < 400
    got = [int.from_bytes(payload[:2], "big") for payload in slow.frames[1:] if payload != b"last"]
    assert got == sorted(set(got))
    assert all(payload == payload[:2] * 5_000 for payload in slow.frames[1:] if payload != b"last")
