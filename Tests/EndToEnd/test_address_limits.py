"""Limits per address: exact over TCP and UDP, on all ports together. Spoofed addresses cannot take all slots."""

import os

import pytest

from harness.configuration import listener
from harness.raw_udp_client import send_spoofed
from harness.waiting import wait_until

LISTENERS = [listener(address="0.0.0.0"), listener(name="udp", transport="udp", address="0.0.0.0")]
SOURCES = [f"127.0.0.{number}" for number in range(2, 255)]
PER_ADDRESS = 3


def test_the_limit_of_each_address_is_exact(start, raw):
    daemon = start(listeners=LISTENERS, limits={"connections_per_address": PER_ADDRESS}, relay={"default": "echo"})
    port = daemon.port()
    clients = [[raw(port, source=source) for _ in range(PER_ADDRESS + 1)] for source in SOURCES]
    every = [client for of_one in clients for client in of_one]
    for client in every:
        try:
            client.send(b"in")
        except OSError:
            pass  # already refused
    wait_until("every answer or end", lambda: all(c.frames or c.end for c in every), *every)
    for of_one in clients:
        assert sum(bool(client.frames) for client in of_one) == PER_ADDRESS
    daemon.wait_for("connection.refused", reason="addressLimit")
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("refused_address_limit") == len(SOURCES)
    assert finished.number("connections") == PER_ADDRESS * len(SOURCES)
    print(f"{len(SOURCES)} addresses: {PER_ADDRESS} connections each, {len(SOURCES)} refused")


def test_the_limit_of_an_address_counts_udp_ports_too(start, raw, raw_udp):
    daemon = start(listeners=LISTENERS, limits={"connections_per_address": 2}, relay={"default": "echo"})
    tcp = raw(daemon.port())
    tcp.send(b"in")
    tcp.wait_for(1)
    first, second = raw_udp(daemon.port("udp")), raw_udp(daemon.port("udp"))
    first.send(b"first")
    first.wait_for(b"first")
    second.send(b"second")
    daemon.wait_for("connection.refused", reason="addressLimit", listener="udp")
    tcp.close()
    daemon.wait_for("connection.closed", listener="game")
    wait_until("a free slot", lambda: second.send(b"again") or bool(second.received), second)


def test_the_rate_of_an_address_is_held(start, raw):
    daemon = start(
        listeners=LISTENERS, limits={"accepts_per_second_per_address": 5}, relay={"default": "echo"}
    )
    clients = [raw(daemon.port(), source="127.0.0.2") for _ in range(20)]
    other = raw(daemon.port(), source="127.0.0.3")
    other.send(b"not its rate")
    other.wait_for(1)
    for client in clients:
        try:
            client.send(b"in")
        except OSError:
            pass  # already refused
    wait_until("every answer or end", lambda: all(c.frames or c.end for c in clients), *clients)
    served = sum(bool(client.frames) for client in clients)
    # The whole test takes far less than a second. A second would allow five more clients.
    assert 5 <= served <= 9
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("refused_address_rate") == 20 - served


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root can spoof the source of a datagram")
def test_made_up_addresses_do_not_take_every_place(start, raw, raw_udp):
    daemon = start(
        listeners=LISTENERS,
        limits={"connections": 100, "udp_unproven_connections": 20},
        relay={"default": "echo"},
    )
    for number in range(1, 201):
        send_spoofed((f"127.0.1.{number}", 4_000), daemon.port("udp"), b"made up")
    daemon.wait_for("connection.refused", reason="unprovenLimit", listener="udp")
    clients = [raw(daemon.port()) for _ in range(80)]
    for client in clients:
        client.send(b"in")
        client.wait_for(1)
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("refused_unproven_limit") == 180
    assert finished.number("connections") == 100


def test_who_is_proven_over_tcp_needs_none_of_the_share_of_the_others(start, raw, raw_udp):
    daemon = start(listeners=LISTENERS, limits={"udp_unproven_connections": 1}, relay={"default": "echo"})
    stranger = raw_udp(daemon.port("udp"), source="127.0.0.2")
    stranger.send(b"in")
    stranger.wait_for(b"in")
    other = raw_udp(daemon.port("udp"))
    other.send(b"not in")
    daemon.wait_for("connection.refused", reason="unprovenLimit", peer_address="127.0.0.1")
    tcp = raw(daemon.port())
    tcp.send(b"in")
    tcp.wait_for(1)
    other.send(b"proven")
    other.wait_for(b"proven")
