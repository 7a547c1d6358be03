"""A stop with 3,000 connections, of which 50 never read: the others get all their data, and lobbyd exits in time."""

import signal
import time

from harness.configuration import BARRIER_TYPE, barrier_route, configuration
from harness.crowd import Crowd, allow_descriptors, unread_bytes
from harness.daemon import CRASH_SIGNALS
from harness.sequence import numbered, numbers_by_sender
from harness.waiting import SLOWNESS, wait_until

CONNECTIONS, STUCK, LATE = 3_000, 50, 10
BROADCASTS = 20
# The echoes for a stuck or late client are larger than the kernel's buffers.
ECHOES, PADDING = 60, 60_000
DRAIN = 3


class Scene:
    """A daemon that has read all input and has much to send: to clients that read, read late, or never read."""

    def __init__(self, launch, raw, drain: int) -> None:
        allow_descriptors(CONNECTIONS)
        limits = {"pending_bytes": 64_000_000}
        # The default log level: at debug, the test would measure how fast Python reads a line per connection.
        self.daemon = launch(
            configuration(server={"drain": f"{drain}s"}, limits=limits, routes=[barrier_route()]), arguments=()
        )
        port = self.daemon.port()
        self.readers = Crowd([raw(port) for _ in range(CONNECTIONS - STUCK - LATE)])
        self.stuck = [raw(port, receive_buffer_bytes=4_096) for _ in range(STUCK)]
        self.late = Crowd([raw(port, receive_buffer_bytes=4_096) for _ in range(LATE)])
        for client in self.readers.clients:
            client.send(bytes([BARRIER_TYPE]))
        wait_until("everyone's answer", lambda: self.readers.have(1), self.readers)
        for sender, client in enumerate(self.stuck + self.late.clients):
            for number in range(ECHOES):
                client.send(numbered(sender, number, BARRIER_TYPE, PADDING))
        publisher = self.readers.clients[0]
        for number in range(BROADCASTS):
            publisher.send(numbered(0, number))
        wait_until("the daemon to read all input", lambda: unread_bytes(port) == 0)
        wait_until("the publisher's own datagrams", lambda: len(publisher.frames) > BROADCASTS, publisher)


def test_healthy_ones_get_everything_and_it_ends_with_the_drain(launch, raw, capsys):
    scene = Scene(launch, raw, DRAIN)
    sent_at = scene.daemon.send_signal(signal.SIGTERM)
    both = (scene.readers, scene.late)
    wait_until("every end", lambda: all(crowd.all_ended() for crowd in both), *both)
    assert scene.daemon.wait_for_exit() == 0
    seconds = time.monotonic() - sent_at
    assert DRAIN - 0.5 < seconds < DRAIN + 1 * SLOWNESS, "stuck clients must delay the exit until the end of the drain"

    for client in scene.readers.clients:
        assert numbers_by_sender(client.frames[1:]) == {0: list(range(BROADCASTS))}
    for sender, client in enumerate(scene.late.clients, STUCK):
        echoed = [frame for frame in client.frames if frame[0] == BARRIER_TYPE]
        published = [frame for frame in client.frames if frame[0] != BARRIER_TYPE]
        assert numbers_by_sender(echoed) == {sender: list(range(ECHOES))}
        assert numbers_by_sender(published) == {0: list(range(BROADCASTS))}
    finished = scene.daemon.wait_for("shutdown.finished")
    assert finished.number("connections") == CONNECTIONS
    assert finished.number("connections_cut") == STUCK
    with capsys.disabled():
        print(f"\n{CONNECTIONS} connections, {STUCK} of them stuck: exit after {seconds:.2f} s of a {DRAIN} s drain")


def test_a_second_signal_ends_it_at_once(launch, raw):
    scene = Scene(launch, raw, drain=60)
    scene.daemon.send_signal(signal.SIGTERM)
    scene.daemon.wait_for("shutdown.started")
    scene.daemon.send_signal(signal.SIGTERM)
    assert scene.daemon.wait_for_exit(timeout=1 * SLOWNESS) not in CRASH_SIGNALS
