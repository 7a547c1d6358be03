"""On a host with several addresses, lobbyd sends to a client from the address that the client has sent to."""

import socket
import time

import pytest

from harness.configuration import barrier_route, listener
from harness.raw_udp_client import udp_datagram
from harness.veth_pair import veth_pair
from harness.waiting import DEADLINE

NEAR = ["10.99.0.1", "10.99.0.2"]
FAR = ["10.99.0.11", "10.99.0.12"]
NEAR6 = ["fd00:99::1", "fd00:99::2"]
FAR6 = ["fd00:99::11", "fd00:99::12"]
LIMITS = {"udp_proof": "none"}


def udp(address: str) -> dict:
    return listener(name="udp", transport="udp", address=address)


@pytest.fixture
def cable():
    """Puts the test and its daemon at one end of a cable. Its clients can be at the other end."""
    try:
        with veth_pair(
            [f"{host}/24" for host in NEAR] + [f"{host}/64" for host in NEAR6],
            [f"{host}/24" for host in FAR] + [f"{host}/64" for host in FAR6],
        ) as pair:
            yield pair
    except PermissionError:
        pytest.skip("NOT TESTED: only root can make networks")


def exchange(client: socket.socket, data: bytes) -> bytes:
    client.settimeout(DEADLINE)
    client.send(udp_datagram(data))
    return client.recv(1 << 16)



@pytest.mark.parametrize("address", ["*", "0.0.0.0"])
def test_loopback_has_many_addresses(start, address):
    daemon = start(listeners=[udp(address)], routes=[barrier_route()], limits=LIMITS)
    for host in ("127.0.0.2", "127.0.0.1", "127.9.9.9"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect((host, daemon.port("udp")))
            assert exchange(client, b"\xffecho") == udp_datagram(b"\xffecho")
            assert exchange(client, b"\x01broadcast") == udp_datagram(b"\x01broadcast")


@pytest.mark.parametrize(
    "near, address",
    # An IPv4 socket has no IPv6 address.
    [(near, address) for near in NEAR for address in ("*", "0.0.0.0", "::")]
    + [(near, address) for near in NEAR6 for address in ("*", "::")],
)
def test_answers_and_broadcasts_leave_from_the_address_that_was_sent_to(cable, start, near, address):
    daemon = start(listeners=[udp(address)], routes=[barrier_route()], limits=LIMITS)
    place = (near, daemon.port("udp"))
    clients = [cable.far_socket(host) for host in (FAR6 if ":" in near else FAR)]
    for client in clients:
        client.connect(place)
        assert exchange(client, b"\xffecho") == udp_datagram(b"\xffecho")
    assert exchange(clients[0], b"\x01broadcast") == udp_datagram(b"\x01broadcast")
    clients[1].settimeout(DEADLINE)
    assert clients[1].recv(1 << 16) == udp_datagram(b"\x01broadcast")
    for client in clients:
        client.close()


def test_the_address_is_that_of_the_latest_datagram(cable, start):
    daemon = start(listeners=[udp("*")], routes=[barrier_route()], limits=LIMITS)
    client = cable.far_socket(FAR[1])
    client.settimeout(DEADLINE)
    for near in (*NEAR, *reversed(NEAR)):
        client.sendto(udp_datagram(b"\xffecho"), (near, daemon.port("udp")))
        assert client.recvfrom(1 << 16) == (udp_datagram(b"\xffecho"), (near, daemon.port("udp")))
    client.close()
    daemon.wait_for("connection.opened")
    assert len(daemon.logged("connection.opened")) == 1


@pytest.mark.parametrize("address", ["*", "0.0.0.0"])
@pytest.mark.parametrize("destination", ["10.99.0.255", "255.255.255.255"])
def test_what_was_sent_to_a_broadcast_address_is_answered_from_the_host(cable, start, destination, address):
    daemon = start(listeners=[udp(address)], routes=[barrier_route()], limits=LIMITS)
    client = cable.far_socket(FAR[0])
    client.settimeout(DEADLINE)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, cable.FAR.encode())
    for _ in range(3):
        client.sendto(udp_datagram(b"\xffecho"), (destination, daemon.port("udp")))
        assert client.recvfrom(1 << 16) == (udp_datagram(b"\xffecho"), (NEAR[0], daemon.port("udp")))
    client.close()
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("udp_unsent") == 0


def test_a_link_local_address_is_answered(cable, start):
    daemon = start(listeners=[udp("*")], routes=[barrier_route()], limits=LIMITS)
    near = link_local(cable.NEAR)
    client = cable.far_socket("::")
    client.settimeout(DEADLINE)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, cable.FAR.encode())
    client.connect((near, daemon.port("udp"), 0, cable.far_index))
    assert exchange(client, b"\xffecho") == udp_datagram(b"\xffecho")
    client.close()


def link_local(interface: str) -> str:
    """Returns the link-local address of an interface, after the kernel has checked that it is unique."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        with open("/proc/thread-self/net/if_inet6") as table:
            for line in table:
                address, _, _, _, flags, name = line.split()
                if name == interface and address.startswith("fe80") and not int(flags, 16) & 0x40:
                    return ":".join(address[index : index + 4] for index in range(0, 32, 4))
        time.sleep(0.05)
    raise AssertionError(f"{interface} has no link-local address")
