"""A log that nobody reads: no datagram waits for it, what is dropped is counted and told, and it does not keep the end."""

import socket
import time

from harness.configuration import configuration, listener
from harness.raw_client import free_port
from harness.waiting import wait_until

# Each is two lines at debug, of 250 bytes and more: together they fill the pipe and lobbyd's queue several times.
CONNECTIONS = 4000
# Seconds for an echo. Python's own work and a busy machine are in it; who waited for the log would never be answered.
ROUND_TRIP_MAX = 1.0


def start_unread(launch, **options):
    """A daemon whose log nobody reads, and its port."""
    port = free_port()
    config = configuration([listener(port=port)], relay={"default": "echo"}, **options)
    daemon = launch(config, reads_log=False)

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until("the port to answer", answers)
    return daemon, port


def come_and_go(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def test_datagrams_do_not_wait_for_a_blocked_log(launch, raw):
    daemon, port = start_unread(launch)
    client = raw(port)
    slowest = 0.0
    for number in range(CONNECTIONS):
        come_and_go(port)
        if number % 10 == 0:
            sent_at = time.monotonic()
            client.send(b"%d" % number)
            client.wait_for(number // 10 + 1)
            slowest = max(slowest, time.monotonic() - sent_at)
    assert slowest < ROUND_TRIP_MAX
    daemon.read_log()
    dropped = daemon.wait_for("log.dropped", level="warning")

    come_and_go(port)
    assert daemon.terminate() == 0
    lost = sum(event.number("dropped") for event in daemon.logged("log.dropped"))
    assert dropped.number("dropped_debug") == dropped.number("dropped") > 0, "debug goes first"
    # Every line was either written or counted; all of it can't have fitted into the pipe and the queue.
    total = daemon.wait_for("shutdown.finished").number("connections")
    opened, closed = len(daemon.logged("connection.opened")), len(daemon.logged("connection.closed"))
    assert opened + closed + lost == 2 * total
    assert lost > total


def test_a_blocked_log_does_not_keep_the_end(launch):
    daemon, port = start_unread(launch)
    for _ in range(CONNECTIONS):
        come_and_go(port)
    sent_at = time.monotonic()
    daemon.process.terminate()
    assert daemon.process.wait(10) == 0
    # A second for the log; the drain has nothing to wait for but those who are about to go.
    assert time.monotonic() - sent_at < 1.0 + 1.0 + 0.5
    daemon.read_log()


def test_the_last_lines_are_written_although_the_reader_was_slow(launch):
    daemon, port = start_unread(launch)
    for _ in range(CONNECTIONS // 4):
        come_and_go(port)
    daemon.process.terminate()
    daemon.read_log()
    assert daemon.wait_for_exit() == 0
    assert daemon.logged("shutdown.finished")
