"""UDP with real Panda3D clients: echoes, broadcasts over TCP and UDP listeners, and the ends of connections."""

import random
import time

import pytest

from harness.configuration import barrier_route, configuration, listener
from harness.sequence import numbered, numbers_by_sender

UDP = listener(name="udp", transport="udp")
TWO, FOUR = listener(name="two"), listener(name="four", header_size=4)
UNPROVEN = {"udp_proof": "none"}
# Turns the rate off. Answers are limited only by the number of datagrams from the address.
NO_RATE = {"udp_unproven_answers_per_second": 0}


@pytest.mark.parametrize("size", [0, 1, 255, 256, 1_500])
def test_a_payload_comes_back_unchanged(start, panda, size):
    daemon = start(listeners=[UDP], relay={"default": "echo"})
    program = panda()
    sender, other = program.open_udp(daemon.port("udp")), program.open_udp(daemon.port("udp"))
    payload = random.Random(size).randbytes(size)

    assert sender.send(payload)
    assert sender.take(1) == [payload]
    assert other.barrier() == []
    assert sender.barrier() == []


def test_a_hundred_thousand_datagrams_come_back_identical_and_in_order(start, panda):
    daemon = start(listeners=[UDP], relay={"default": "echo"}, limits=NO_RATE)
    client = panda().open_udp(daemon.port("udp"))
    source = random.Random(100_000)
    payloads = [source.randbytes(source.choice((0, 1, 2, 60, 200, 1_400))) for _ in range(100_000)]

    in_flight = 32  # few enough for the kernel's buffers: UDP does not repeat a lost datagram
    for sent, payload in enumerate(payloads):
        assert client.send(payload)
        if sent % in_flight == in_flight - 1:
            client.wait_for(sent + 1)

    assert client.take(len(payloads)) == payloads


@pytest.mark.parametrize("event_loops", [1, 2])
@pytest.mark.parametrize("include_sender", [True, False])
def test_a_broadcast_reaches_the_connections_of_every_listener(start, panda, event_loops, include_sender):
    daemon = start(
        listeners=[UDP, TWO, FOUR],
        relay={"include_sender": include_sender},
        routes=[barrier_route()],
        server={"event_loops": event_loops},
    )
    program, program4 = panda(), panda(4)
    # The TCP connections come from the same address, and prove its ports for the UDP clients.
    clients = program.connect_many(daemon.port("two"), 3) + program4.connect_many(daemon.port("four"), 3)
    clients += [program.open_udp(daemon.port("udp")) for _ in range(3)]
    for client in clients:
        client.barrier()

    for number in range(20):
        for sender, client in enumerate(clients):
            client.send(numbered(sender, number))
        # Waits for all deliveries, because the next ones could overflow the buffers of UDP.
        for client in clients:
            client.wait_for((number + 1) * (len(clients) - (not include_sender)))

    def expected(receiver: int) -> dict[int, list[int]]:
        return {s: list(range(20)) for s in range(len(clients)) if include_sender or s != receiver}

    extra = [client.barrier() for client in clients]
    for receiver, client in enumerate(clients):
        assert numbers_by_sender(extra[receiver] + client.received) == expected(receiver), f"at client {receiver}"


def test_a_payload_over_1500_bytes_is_not_sent_over_udp(start, panda):
    daemon = start(listeners=[UDP, TWO], routes=[barrier_route()])
    program = panda()
    tcp = program.connect_many(daemon.port("two"), 1)[0]
    udp = program.open_udp(daemon.port("udp"))
    udp.barrier()

    for payload in (b"\x01" * 1_501, b"\x01" * 1_500, b"\x01" * 65_535, b"\x01short"):
        tcp.send(payload)

    assert len(tcp.take(4)) == 4
    assert udp.take(2) == [b"\x01" * 1_500, b"\x01short"]
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("datagrams_unframeable") == 2


def test_udp_alone_broadcasts_where_no_proof_is_asked_for(start, panda):
    daemon = start(listeners=[UDP], limits=UNPROVEN, routes=[barrier_route()])
    program = panda()
    clients = [program.open_udp(daemon.port("udp"), source=f"127.0.0.{number}") for number in (2, 3, 4)]
    for client in clients:
        client.barrier()
    clients[0].send(b"hello")
    for client in clients:
        assert client.take(1) == [b"hello"]


def test_a_connection_ends_after_the_idle_timeout_and_not_before(start, panda):
    daemon = start(listeners=[UDP], relay={"default": "echo"}, limits={"idle_timeout": "1s"})
    program = panda()
    client = program.open_udp(daemon.port("udp"))
    for _ in range(5):
        client.barrier()
        time.sleep(0.3)
    client.barrier()
    last_heard_at = time.monotonic()

    closed = daemon.wait_for("connection.closed", close_reason="idleTimeout", listener="udp")
    assert 0.9 < closed.read_at - last_heard_at < 2
    assert closed.number("datagrams_in") == closed.number("datagrams_out") == 6
    assert len(daemon.logged("connection.opened")) == 1

    client.barrier()
    daemon.wait_for("connection.opened", count=2)


def test_udp_connections_take_places_under_the_limit(start, panda, raw_udp):
    daemon = start(listeners=[UDP], relay={"default": "echo"}, limits={"connections": 2})
    program = panda()
    for _ in range(2):
        program.open_udp(daemon.port("udp")).barrier()
    third = raw_udp(daemon.port("udp"))
    third.send(b"no place")
    daemon.wait_for("connection.refused", reason="connectionLimit", listener="udp")
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("connections") == 2
    assert finished.number("connections_refused") == 1


def test_a_stop_forgets_udp_connections(start, panda):
    daemon = start(listeners=[UDP, TWO], relay={"default": "echo"})
    panda().open_udp(daemon.port("udp")).barrier()
    sent_at = time.monotonic()
    assert daemon.terminate() == 0
    assert time.monotonic() - sent_at < 2
    daemon.wait_for("connection.closed", close_reason="shutdown", listener="udp")


def test_tcp_and_udp_may_have_the_same_port(start, panda):
    daemon = start(listeners=[TWO], relay={"default": "echo"})
    port = daemon.port("two")
    assert daemon.terminate() == 0
    listeners = [listener(name="two", port=port), listener(name="udp", transport="udp", port=port)]
    both = start(listeners=listeners, relay={"default": "echo"})
    bound = both.wait_for("listener.bound", listener="udp", transport="udp", port=port)
    assert "header_size" not in bound.fields and "backlog" not in bound.fields
    program = panda()
    tcp, udp = program.connect(port), program.open_udp(port)
    udp.send(b"over UDP")
    tcp.send(b"over TCP")
    assert udp.take(1) == [b"over UDP"]
    assert tcp.take(1) == [b"over TCP"]


def test_a_udp_port_that_is_taken_is_an_error(start, launch):
    daemon = start(listeners=[UDP])
    second = launch(configuration([listener(transport="udp", port=daemon.port("udp"))]))
    assert second.wait_for_exit() == 71
    assert second.wait_for("listener.failed")["reason"] == "Address already in use"
