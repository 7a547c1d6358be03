"""A TCP connection proves some ports of its address. No number of unproven ports keeps a TCP connection out."""

import threading

import pytest

from harness.configuration import barrier_route, configuration, listener
from harness.control import ask
from harness.raw_udp_client import RawUDPClient, udp_datagram
from harness.waiting import wait_until

BOTH = [listener(name="two"), listener(name="udp", transport="udp")]
PLAYER = "127.0.0.9"
PORTS, PLACES = 400, 20
LONG = b"\x01" * 1_000
ONE = {"event_loops": 1}


@pytest.fixture
def stats(tmp_path):
    path = tmp_path / "c.sock"
    return path, lambda: ask(path, "stats")


def heard(daemon, raw_udp, count: int) -> list[RawUDPClient]:
    """Opens `count` ports of the player. lobbyd hears them one after the other."""
    ports = [raw_udp(daemon.port("udp"), source=PLAYER) for _ in range(count)]
    for number, port in enumerate(ports):
        port.send(b"\xff%d" % number)
        port.wait_for(b"\xff%d" % number)
    return ports


def broadcast(sender, ports: list[RawUDPClient]) -> list[int]:
    """Returns the numbers of the ports that a broadcast of another player reaches, with one event loop."""
    sender.send(LONG)
    sender.wait_for(1)
    # The answer to the barrier comes after the broadcast has been sent to everyone.
    sender.send(b"\xffbarrier")
    sender.wait_for(2)
    sender.frames.clear()
    for port in ports:
        while port.poll():
            pass
    reached = [number for number, port in enumerate(ports) if udp_datagram(LONG) in port.received]
    for port in ports:
        port.received.clear()
    return reached


@pytest.mark.parametrize("per_connection, connections", [(4, 1), (4, 3), (1, 2), (7, 1)])
def test_a_connection_proves_the_ports_heard_most_recently(start, raw, raw_udp, stats, per_connection, connections):
    path, counters = stats
    limits = {"connections": 300, "udp_unproven_connections": PLACES}
    if per_connection != 4:  # the default
        limits["udp_ports_per_connection"] = per_connection
    control = {"socket": str(path)}
    daemon = start(listeners=BOTH, limits=limits, routes=[barrier_route()], control=control, server=dict(ONE))
    player = [raw(daemon.port("two"), source=PLAYER) for _ in range(connections)]
    other = raw(daemon.port("two"))
    daemon.wait_for("connection.opened", count=connections + 1)

    proven = per_connection * connections
    ports = heard(daemon, raw_udp, PORTS)
    assert broadcast(other, ports) == list(range(PORTS - proven, PORTS))
    assert counters()["connections_open"] == connections + 1 + proven + PLACES
    assert counters()["ended_unproven_limit"] == PORTS - proven - PLACES
    # The next port that is heard takes the proof of the port that was heard least recently.
    ports[-1].send(b"\xffagain")
    ports[-1].wait_for(b"\xffagain")
    ports[0].send(b"\xffback")
    ports[0].wait_for(b"\xffback")
    assert broadcast(other, ports) == [0, *range(PORTS - proven + 1, PORTS)]

    for connection in player:
        connection.close()
    wait_until("the end of the proof", lambda: counters()["connections_open"] == 1 + PLACES)
    assert broadcast(other, ports) == []
    assert counters()["ended_unproven_limit"] == PORTS + 1 - PLACES
    assert daemon.terminate() == 0
    # The ports that were heard last remain. The first port had ended before it was heard again.
    last = {str(port.socket.getsockname()[1]) for port in ports[-PLACES + 1 :]}
    ended = {event["peer_port"] for event in daemon.logged("connection.closed", close_reason="unprovenLimit")}
    assert not last & {str(port) for port in ended}


def test_the_ports_of_an_address_count_over_all_listeners(start, raw, raw_udp):
    listeners = [*BOTH, listener(name="second", transport="udp")]
    daemon = start(listeners=listeners, routes=[barrier_route()], server={"event_loops": 3})
    other, player = raw(daemon.port("two")), raw(daemon.port("two"), source=PLAYER)
    daemon.wait_for("connection.opened", count=2)
    ports = [raw_udp(daemon.port(("udp", "second")[number % 2]), source=PLAYER) for number in range(12)]
    for number, port in enumerate(ports):
        port.send(b"\xff%d" % number)
        port.wait_for(b"\xff%d" % number)

    def settled() -> bool:
        reached = broadcast(other, ports)
        assert len(reached) <= 5
        return reached == [8, 9, 10, 11]

    # The other event loop gets the change a moment later.
    wait_until("the proof of the last four ports", settled)
    player.close()


def test_a_reload_changes_how_many_ports_are_proven(start, raw, raw_udp):
    daemon = start(listeners=BOTH, routes=[barrier_route()], server=dict(ONE))
    other, player = raw(daemon.port("two")), raw(daemon.port("two"), source=PLAYER)
    daemon.wait_for("connection.opened", count=2)
    ports = heard(daemon, raw_udp, 10)
    assert broadcast(other, ports) == [6, 7, 8, 9]
    for count in (2, 9):
        text = configuration(BOTH, routes=[barrier_route()], server=dict(ONE), limits={"udp_ports_per_connection": count})
        assert daemon.reload(text)[0].message == "reload.applied"
        assert broadcast(other, ports) == list(range(10 - count, 10))
    player.close()


def test_unproven_ports_take_no_place_of_tcp(start, raw, raw_udp):
    limits = {"connections_per_address": PLACES}
    daemon = start(listeners=BOTH, limits=limits, relay={"default": "echo"})
    ports = [raw_udp(daemon.port("udp"), source=PLAYER) for _ in range(PLACES + 1)]
    for port in ports:
        port.send(b"in")
    # Unproven ports have separate slots, as many as TCP.
    daemon.wait_for("connection.refused", reason="addressLimit", listener="udp")
    clients = [raw(daemon.port("two"), source=PLAYER) for _ in range(PLACES + 1)]
    for client in clients[:-1]:
        client.send(b"in")
        client.wait_for(1)
    clients[-1].wait_for_end()
    daemon.wait_for("connection.refused", reason="addressLimit", listener="two")
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("refused_address_limit") == 2


def test_a_port_is_proven_although_its_address_has_all_places(start, raw, raw_udp):
    daemon = start(listeners=BOTH, limits={"connections_per_address": 2}, routes=[barrier_route()])
    port = raw_udp(daemon.port("udp"), source=PLAYER)
    port.send(b"\xffin")
    port.wait_for(b"\xffin")
    clients = [raw(daemon.port("two"), source=PLAYER) for _ in range(2)]
    for client in clients:
        client.send(b"\xffin")
        client.wait_for(1)
    port.send(b"\xffproven")
    port.wait_for(b"\xffproven")
    clients[0].send(LONG)
    port.wait_for(LONG)


def test_datagrams_take_nothing_of_the_rate_of_tcp(start, raw, raw_udp):
    limits = {"accepts_per_second_per_address": 20}
    daemon = start(listeners=BOTH, limits=limits, relay={"default": "echo"})
    ports = [raw_udp(daemon.port("udp"), source=PLAYER) for _ in range(450)]
    stop = threading.Event()

    def flood() -> None:
        for port in ports:
            port.send(b"in")
            if stop.wait(1 / 450):
                return

    flooding = threading.Thread(target=flood)
    flooding.start()
    try:
        daemon.wait_for("connection.refused", reason="addressRate", listener="udp")
        for _ in range(13):
            client = raw(daemon.port("two"), source=PLAYER)
            client.send(b"in")
            client.wait_for(1)
    finally:
        stop.set()
        flooding.join()
    assert not daemon.logged("connection.refused", listener="two")
