"""Three hundred connections whose datagrams alternate between two routes do not delay other connections."""

import select
import socket
import threading

import pytest

from harness.crowd import allow_descriptors
from harness.evenness import Pings, assert_at_most, first_served
from harness.raw_client import frame

CONNECTIONS = 300
SECONDS = 3
# The limit for the median of a bystander's round trips, in seconds.
WAIT = 0.010
STREAM = (frame(b"\x01") + frame(b"\x02")) * 20_000


def alternate(clients: list[socket.socket], is_over: threading.Event) -> None:
    """Sends as fast as the daemon reads, and reads the answers."""
    offsets = {client.fileno(): 0 for client in clients}
    by_descriptor = {client.fileno(): client for client in clients}
    epoll = select.epoll()
    buffer = bytearray(1 << 18)
    for client in clients:
        client.setblocking(False)
        epoll.register(client.fileno(), select.EPOLLIN | select.EPOLLOUT)
    while not is_over.is_set():
        for descriptor, events in epoll.poll(0.1):
            client = by_descriptor[descriptor]
            if events & select.EPOLLIN:
                assert client.recv_into(buffer) > 0, "a connection has ended"
            if events & select.EPOLLOUT:
                sent = client.send(STREAM[offsets[descriptor] :])
                offsets[descriptor] = (offsets[descriptor] + sent) % len(STREAM)
    epoll.close()


@pytest.mark.parametrize("handler", ["drop", "echo"])
def test_no_bystander_waits_for_them(start, raw, capsys, handler):
    allow_descriptors(CONNECTIONS)
    report: list[str] = []

    def measure() -> float:
        daemon = start(
            routes=[
                {"types": [1], "handler": "drop"},
                {"types": [2], "handler": handler},
                {"types": [3], "handler": "echo"},
            ],
            server={"event_loops": 1},
        )
        clients = [socket.create_connection(("127.0.0.1", daemon.port())) for _ in range(CONNECTIONS)]
        bystander = raw(daemon.port())
        daemon.wait_for("connection.opened", count=CONNECTIONS + 1)
        is_over = threading.Event()
        sending = threading.Thread(target=alternate, args=(clients, is_over))
        pings = Pings(bystander, b"\x03")
        sending.start()
        try:
            with first_served(daemon.process.pid):
                pings.run(SECONDS)
        finally:
            is_over.set()
            sending.join()
        for client in clients:
            client.close()
        bystander.close()
        assert daemon.terminate() == 0
        sent = daemon.wait_for("shutdown.finished").number("datagrams_in")
        trips = [pings.percentile(percent) * 1000 for percent in (50, 99)]
        report.append(
            f"drop and {handler}: p50 {trips[0]:.1f} ms, p99 {trips[1]:.1f} ms, {sent / SECONDS:,.0f} datagrams/s"
        )
        return pings.percentile(50)

    try:
        assert_at_most(WAIT, measure)
    finally:
        with capsys.disabled():
            print("", *report, sep="\n")
