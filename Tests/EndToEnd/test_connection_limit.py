"""limits.connections: a client past the limit waits for the next free slot and does not disturb the others."""

import time

from harness.configuration import barrier_route, listener

LIMIT = 5


def test_the_one_past_the_limit_waits_for_a_place(start, panda, raw):
    daemon = start(limits={"connections": LIMIT}, routes=[barrier_route()])
    clients = panda().connect_many(daemon.port(), LIMIT)
    waiting = raw(daemon.port())
    waiting.send(b"\xffwaited")
    reached = daemon.wait_for("limit.reached", limit="connections", level="warning")
    assert reached.number("connections") == LIMIT

    clients[0].send(b"still served")
    for client in clients:
        assert client.take(1) == [b"still served"]
    assert not waiting.poll()
    clients[0].close()
    closed_at = time.monotonic()
    waiting.wait_for(1)
    assert time.monotonic() - closed_at < 1
    assert waiting.frames == [b"\xffwaited"]

    waiting.close()
    daemon.wait_for("limit.over", limit="connections", level="notice")
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("connections_refused") == 0
    assert finished.number("limit_reached") == 2


def test_a_crowd_is_served_by_and_by_on_all_listeners(start, raw):
    listeners = [listener(), listener(name="two")]
    daemon = start(listeners=listeners, limits={"connections": LIMIT}, relay={"default": "echo"})
    crowd = [raw(daemon.port(("game", "two")[number % 2])) for number in range(200)]
    for number, client in enumerate(crowd):
        client.send(b"%d" % number)
    deadline = time.monotonic() + 20
    while crowd and time.monotonic() < deadline:
        served = [client for client in crowd if client.poll()]
        assert all(client.end is None for client in served)
        assert len(served) <= LIMIT
        for client in served:
            client.close()
            crowd.remove(client)
    assert not crowd, f"{len(crowd)} clients were never served"
    daemon.wait_for("connection.closed", count=200)
    open_now = most = 0
    for event in daemon.events:
        open_now += {"connection.opened": 1, "connection.closed": -1}.get(event.message, 0)
        most = max(most, open_now)
    assert most <= LIMIT
    assert len(daemon.logged("limit.reached")) <= 3


def test_clients_of_a_full_lobby_do_not_fill_the_log(start, raw):
    daemon = start(limits={"connections": 1}, relay={"default": "echo"})
    first = raw(daemon.port())
    crowd = [raw(daemon.port()) for _ in range(100)]
    daemon.wait_for("limit.reached")
    for client in crowd:
        client.close()
    first.close()
    daemon.wait_for("limit.over")
    assert daemon.terminate() == 0
    assert len(daemon.logged("limit.reached")) == 1
    assert not daemon.logged("connection.refused")
