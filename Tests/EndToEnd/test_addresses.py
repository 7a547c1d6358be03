"""Addresses of clients and listeners: a DNS name, and IPv4 and IPv6 on one listener for every interface."""

import socket

import pytest

from harness.configuration import barrier_route, listener


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")
EVERY_INTERFACE = listener(address="*")


def test_a_client_connects_by_dns_name(start, panda):
    daemon = start(listeners=[EVERY_INTERFACE], relay={"default": "echo"})
    client = panda().connect(daemon.port(), "localhost")
    client.send(b"by name")
    assert client.take(1) == [b"by name"]


@needs_ipv6
def test_every_interface_means_both_families_on_one_port(start, panda):
    daemon = start(listeners=[EVERY_INTERFACE], routes=[barrier_route()])
    program = panda()
    over4, over6 = program.connect(daemon.port(), "127.0.0.1"), program.connect(daemon.port(), "::1")
    assert over4.barrier() == [] and over6.barrier() == []

    over6.send(b"to both")

    assert over4.take(1) == [b"to both"]
    assert over6.take(1) == [b"to both"]


def test_an_ipv4_peer_is_reported_as_ipv4(start, panda):
    """The address does not have the ::ffff: form that a dual-stack socket reports."""
    daemon = start(listeners=[EVERY_INTERFACE])
    panda().connect(daemon.port(), "127.0.0.1")
    assert daemon.wait_for("connection.opened")["peer_address"] == "127.0.0.1"


@needs_ipv6
def test_an_ipv6_literal(start, panda):
    daemon = start(listeners=[listener(address="::1")], relay={"default": "echo"})
    client = panda().connect(daemon.port(), "::1")
    client.send(b"literal")
    assert client.take(1) == [b"literal"]
    assert daemon.wait_for("connection.opened")["peer_address"] == "::1"


def test_a_literal_address_binds_that_one_only(start):
    daemon = start(listeners=[listener(address="127.0.0.1")])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", daemon.port()), timeout=5)
