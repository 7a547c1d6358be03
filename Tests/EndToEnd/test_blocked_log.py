"""A log that is not read delays neither datagrams nor the exit. Dropped lines are counted and reported."""

import socket
import statistics
import subprocess
import time

from harness.configuration import configuration, listener
from harness.raw_client import RawClient, free_port
from harness.waiting import SLOWNESS, wait_until

# Each connection logs two lines of at least 250 bytes at debug. All lines together fill the pipe and lobbyd's queue
# several times.
CONNECTIONS = 4000
# The limit by which a blocked log may lengthen the 99th percentile of an echo, in seconds. The test takes the median of
# the measurements.
SLOWER_MAX = 0.005
MEASUREMENTS = 3
ECHOES = 400


def start_unread(launch, **options):
    """Starts a daemon whose log is not read. Returns the daemon and its port."""
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


def p99_of_echoes(daemons: dict[str, tuple[int, RawClient]]) -> dict[str, float]:
    """Measures echoes, in seconds, while connections come and go. The daemons take turns, for a fair comparison."""
    seconds = {name: [] for name in daemons}
    for _ in range(ECHOES):
        for name, (port, client) in daemons.items():
            come_and_go(port)
            sent_at = time.monotonic()
            client.send(b"hello")
            client.wait_for(len(client.frames) + 1)
            seconds[name].append(time.monotonic() - sent_at)
    return {name: statistics.quantiles(values, n=100)[98] for name, values in seconds.items()}


def test_datagrams_do_not_wait_for_a_blocked_log(launch, raw, capsys):
    blocked, blocked_port = start_unread(launch)
    read, read_port = start_unread(launch)
    # A separate process reads this log: a thread of this process would disturb the measurement.
    with subprocess.Popen(["cat"], stdin=read.process.stderr, stdout=subprocess.DEVNULL) as reader:
        daemons = {"blocked": (blocked_port, raw(blocked_port)), "read": (read_port, raw(read_port))}
        for _ in range(CONNECTIONS):
            come_and_go(blocked_port)
        measured = [p99_of_echoes(daemons) for _ in range(MEASUREMENTS)]
        reader.kill()
    read.read_log()
    blocked.read_log()
    assert blocked.wait_for("log.dropped"), "the log was not blocked"
    slower = statistics.median(p99["blocked"] - p99["read"] for p99 in measured)
    assert slower <= SLOWER_MAX * SLOWNESS, measured
    with capsys.disabled():
        print(f"\n99th percentile of an echo, in ms: {in_milliseconds(measured)}; blocked is {slower * 1000:+.2f} slower")


def in_milliseconds(measured: list[dict[str, float]]) -> str:
    return ", ".join("/".join(f"{name} {p99 * 1000:.2f}" for name, p99 in each.items()) for each in measured)


def test_every_line_is_written_or_counted(launch):
    daemon, port = start_unread(launch)
    for _ in range(CONNECTIONS):
        come_and_go(port)
    daemon.read_log()
    dropped = daemon.wait_for("log.dropped", level="warning")

    come_and_go(port)
    assert daemon.terminate() == 0
    lost = sum(event.number("dropped") for event in daemon.logged("log.dropped"))
    assert dropped.number("dropped_debug") == dropped.number("dropped") > 0, "lines at debug are dropped first"
    # The pipe and the queue are too small for all lines.
    finished = daemon.wait_for("shutdown.finished")
    total = finished.number("connections")
    opened, closed = len(daemon.logged("connection.opened")), len(daemon.logged("connection.closed"))
    assert opened + closed + lost == 2 * total
    assert lost == finished.number("log_dropped") > total


def test_a_blocked_log_does_not_keep_the_end(launch):
    daemon, port = start_unread(launch)
    for _ in range(CONNECTIONS):
        come_and_go(port)
    sent_at = time.monotonic()
    daemon.process.terminate()
    assert daemon.process.wait(10) == 0
    # lobbyd waits a second for the log. The drain waits only for connections that are about to end.
    assert time.monotonic() - sent_at < (1.0 + 1.0 + 0.5) * SLOWNESS
    daemon.read_log()


def test_the_last_lines_are_written_although_the_reader_was_slow(launch):
    daemon, port = start_unread(launch)
    for _ in range(CONNECTIONS // 4):
        come_and_go(port)
    daemon.process.terminate()
    daemon.read_log()
    assert daemon.wait_for_exit() == 0
    assert daemon.logged("shutdown.finished")
