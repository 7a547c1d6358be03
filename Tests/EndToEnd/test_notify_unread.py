"""A service manager that does not read its notifications delays neither the relay nor a stop."""

import socket
import time

import pytest

from harness.configuration import configuration
from harness.raw_client import RawClient

LOOPS = 2
CLIENTS = 8
SECONDS = 5.0
# The watchdog's timeout. lobbyd sends a sign of life twice in it.
WATCHDOG_USEC = 200_000
ROUND_TRIP_MAX = 2.0
# The time limit for a stop, in seconds. lobbyd waits at most one second for the manager.
STOP_MAX = 5.0


def fill(path: str) -> list[socket.socket]:
    """Sends to the socket until it accepts no datagram from any sender."""
    senders = []
    while True:
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sender.setblocking(False)
        sender.connect(path)
        senders.append(sender)
        sent = 0
        try:
            while True:
                sender.send(b"STATUS=full")
                sent += 1
        except BlockingIOError:
            if sent == 0:
                return senders


def worst_round_trip(clients: list[RawClient]) -> float:
    worst, number, end = 0.0, 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        for client in clients:
            start = time.monotonic()
            client.send(b"%d" % number)
            assert client.wait_for(number + 1)[number] == b"%d" % number
            worst = max(worst, time.monotonic() - start)
        number += 1
        time.sleep(0.02)  # the rate of the clients
    return worst


@pytest.mark.parametrize("is_full_before_the_start", [True, False])
def test_clients_and_a_stop_do_not_wait_for_it(notify_socket, launch, raw, is_full_before_the_start):
    senders = fill(notify_socket.path) if is_full_before_the_start else []
    daemon = launch(
        configuration(server={"event_loops": LOOPS}, relay={"default": "echo"}),
        NOTIFY_SOCKET=notify_socket.path,
        WATCHDOG_USEC=str(WATCHDOG_USEC),
    )
    daemon.wait_for("ready")
    senders += fill(notify_socket.path)
    clients = [raw(daemon.port()) for _ in range(CLIENTS)]
    assert worst_round_trip(clients) < ROUND_TRIP_MAX
    assert daemon.terminate(timeout=STOP_MAX) == 0
    for sender in senders:
        sender.close()
