"""A client that reads nothing: closed once its pending bytes are at the limit; the others get everything meanwhile."""

from harness.configuration import barrier_route
from harness.sequence import numbered, numbers_by_sender
from harness.waiting import wait_until

PADDING = 16_000
PENDING_BYTES = 1_048_576
IN_FLIGHT = 16  # times PADDING: well under PENDING_BYTES for those who read
# More than the kernel's buffers (4 MiB and what the stuck client asked for) and the pending bytes together.
DATAGRAMS_MAX = 2_000


def test_it_is_closed_and_nobody_waits_for_it(start, panda, raw):
    daemon = start(limits={"pending_bytes": PENDING_BYTES}, routes=[barrier_route()])
    program = panda()
    clients = program.connect_many(daemon.port(), 3)
    stuck = raw(daemon.port(), receive_buffer_bytes=4_096)
    stuck.send(b"\xffhello")
    stuck.wait_for(1)
    port = stuck.port

    sent = 0
    while sent < DATAGRAMS_MAX and not daemon.logged("connection.closed"):
        clients[0].send(numbered(0, sent, padding=PADDING))
        sent += 1
        wait_until(
            "those who read", lambda: all(len(c.received) > sent - IN_FLIGHT for c in clients), program
        )
    wait_until("everything", lambda: all(len(c.received) >= sent for c in clients), program)

    closed = daemon.wait_for("connection.closed", peer_port=port)
    assert closed["close_reason"] == "slowConsumer"
    assert closed["level"] in ("notice", "warning")
    assert len(daemon.logged("connection.closed")) == 1
    for client in clients:
        assert numbers_by_sender(client.take(sent)) == {0: list(range(sent))}
        assert client.barrier() == []


def test_a_slow_echo_client_is_closed_too(start, panda, raw):
    """Its own echoes are what it doesn't read: it must not fill the memory with them."""
    daemon = start(relay={"default": "echo"}, limits={"pending_bytes": 70_000})
    other = panda().connect(daemon.port())
    stuck = raw(daemon.port(), receive_buffer_bytes=4_096, timeout=1.0)
    port = stuck.port
    try:
        for _ in range(DATAGRAMS_MAX):
            stuck.send(bytes(PADDING))
    except OSError:  # closed, as it should be, or held back
        pass
    other.send(b"unharmed")
    assert other.take(1) == [b"unharmed"]
    assert daemon.wait_for("connection.closed", peer_port=port)["close_reason"] == "slowConsumer"
