"""UDP from strangers: broken datagrams are dropped, no datagram closes the socket, and spoofing floods no victim."""

import time

import pytest

from harness.configuration import barrier_route, listener
from harness.loopback_only import loopback_only
from harness.raw_udp_client import send_spoofed, udp_datagram
from harness.waiting import SLOWNESS

UDP = listener(name="udp", transport="udp")
TWO = listener(name="two")


def test_what_is_no_datagram_is_counted_exactly_and_answered_never(start, raw_udp):
    daemon = start(listeners=[UDP], relay={"default": "echo"})
    client = raw_udp(daemon.port("udp"))
    bad_sums = [b"\x01\x00", b"\x00\x00\x01", b"\x01\x00\x01\x01", b"\xff\xff" + bytes(1_500)]
    runts = [b"", b"\x00", b"\xff"]
    oversize = [udp_datagram(bytes(size)) for size in (1_501, 2_046, 2_047, 9_000, 60_000)]
    for rounds in range(10):
        for datagram in bad_sums + runts + oversize:
            client.send_bytes(datagram)
        client.send(b"good %d" % rounds)
        client.wait_for(b"good %d" % rounds)

    assert client.received == [udp_datagram(b"good %d" % rounds) for rounds in range(10)]
    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("udp_checksum_failures") == 40
    assert finished.number("udp_runts") == 30
    assert finished.number("udp_oversized") == 50
    assert finished.number("datagrams_in") == finished.number("datagrams_out") == 10
    assert finished.number("connections") == 1


def test_what_is_no_datagram_makes_no_connection(start, raw_udp):
    daemon = start(listeners=[UDP], relay={"default": "echo"})
    stranger, client = raw_udp(daemon.port("udp")), raw_udp(daemon.port("udp"))
    for datagram in (b"", b"\x01", b"\x01\x00", bytes(3_000)):
        stranger.send_bytes(datagram)
    client.send(b"good")
    client.wait_for(b"good")
    assert daemon.terminate() == 0
    assert len(daemon.logged("connection.opened")) == 1


@pytest.mark.parametrize("default", ["echo", "broadcast"])
def test_an_unproven_address_gets_no_byte_more_than_it_sent(start, panda, raw_udp, default):
    limits = {"udp_unproven_answers_per_second": 0}
    daemon = start(listeners=[UDP, TWO], relay={"default": default}, routes=[barrier_route()], limits=limits)
    # The proof of 127.0.0.1 does not apply to 127.0.0.2, on any port.
    tcp = panda().connect_many(daemon.port("two"), 2)
    strangers = [raw_udp(daemon.port("udp"), source="127.0.0.2") for _ in range(3)]
    for size in range(50):
        for stranger in strangers:
            stranger.send(b"\x01" * size)
        tcp[0].send(b"\x01" * 1_000)
    for number, stranger in enumerate(strangers):
        stranger.send(b"\xff%d" % number)
        stranger.wait_for(b"\xff%d" % number)
        assert 0 < stranger.bytes_received <= stranger.bytes_sent
        assert udp_datagram(b"\x01" * 1_000) not in stranger.received
    # The strangers' datagrams also reached no other client.
    broadcasts = [b"\x01" * 1_000] * 50 if default == "broadcast" else []
    assert tcp[1].take(len(broadcasts)) == broadcasts
    assert tcp[1].barrier() == []


def test_an_address_is_proven_by_its_tcp_connection_and_for_as_long(start, panda, raw_udp):
    daemon = start(listeners=[UDP, TWO], routes=[barrier_route()])
    program = panda()
    udp, stranger = program.open_udp(daemon.port("udp")), raw_udp(daemon.port("udp"), source="127.0.0.2")
    udp.barrier()
    tcp = program.connect_many(daemon.port("two"), 1)[0]
    udp.barrier()
    tcp.send(b"\x01proven")
    assert udp.take(1) == [b"\x01proven"]
    udp.send(b"\x01both ways")
    assert tcp.take(2) == [b"\x01proven", b"\x01both ways"]
    assert udp.take(1) == [b"\x01both ways"]

    tcp.close()
    daemon.wait_for("connection.closed", listener="two")
    time.sleep(1.5)  # lobbyd may notice the end of a proof up to a second late
    stranger.send(b"\xffbarrier")
    stranger.wait_for(b"\xffbarrier")
    udp.send(b"\x01alone")
    assert udp.take(1) == [b"\x01alone"]
    assert udp.barrier() == []


# Each spoofed source, and the counter of its datagrams. A source that cannot be answered makes no connection. A
# datagram to another one may have no route.
SOURCES = {
    ("127.0.0.1", 0): "udp_unanswerable",
    ("255.255.255.255", 4_000): "udp_unanswerable",
    ("224.0.0.1", 4_000): "udp_unanswerable",
    ("own", 0): "udp_unanswerable",
    # The broadcast address of a network, which only the kernel knows.
    ("127.255.255.255", 4_000): "udp_unsent",
    # No route leads there.
    ("203.0.113.1", 4_000): "udp_unsent",
}
MADE_UP = 20


@pytest.fixture
def unconnected():
    """Puts the test and its daemon into a network from which no datagram gets out."""
    try:
        with loopback_only():
            yield
    except PermissionError:
        pytest.skip("NOT TESTED: only root can spoof the source of a datagram, and make a network for it")


@pytest.mark.parametrize("proof", ["tcp", "none"])
@pytest.mark.parametrize("address", ["127.0.0.1", "*"])
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: f"{source[0]}:{source[1]}")
def test_no_source_ends_the_socket(unconnected, start, raw_udp, source, address, proof):
    daemon = start(
        listeners=[listener(name="udp", transport="udp", address=address)],
        relay={"default": "echo"},
        limits={"udp_proof": proof},
    )
    port = daemon.port("udp")
    client = raw_udp(port)
    client.send(b"before")
    client.wait_for(b"before")

    for _ in range(MADE_UP):
        send_spoofed(("127.0.0.1", port) if source[0] == "own" else source, port, b"made up")
    start_at = time.monotonic()
    client.send(b"after")
    client.wait_for(b"after", timeout=SLOWNESS)
    assert time.monotonic() - start_at < 0.1 * SLOWNESS

    assert daemon.terminate() == 0
    finished = daemon.wait_for("shutdown.finished")
    assert finished.number("udp_reopened") == 0
    assert not daemon.logged("listener.lost")
    counts = {counter: finished.number(counter) for counter in ("udp_unanswerable", "udp_unsent", "udp_withheld")}
    assert counts == dict.fromkeys(counts, 0) | {SOURCES[source]: MADE_UP}
    assert finished.number("datagrams_out") == 2
    assert client.received == [udp_datagram(b"before"), udp_datagram(b"after")]
