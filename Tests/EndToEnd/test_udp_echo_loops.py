"""Two programs that answer each other do not loop forever. The answers to an unproven address have a rate limit."""

import os
import socket
import threading
import time

import pytest

from harness.configuration import configuration, listener
from harness.control import ask
from harness.raw_udp_client import send_spoofed
from harness.waiting import wait_until

UDP = listener(name="udp", transport="udp")
# The number of answers after which lobbyd detects a loop, and some datagrams that are still in flight.
ANSWERS_MAX = 25

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="NOT TESTED: only root can spoof the source of a datagram"
)


@pytest.fixture
def echo_service():
    """Sends each datagram back to its sender. Yields its address."""
    service = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    service.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            data, peer = service.recvfrom(1 << 16)
            if not data:
                return
            service.sendto(data, peer)

    thread = threading.Thread(target=serve)
    thread.start()
    yield service.getsockname()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
        stopper.sendto(b"", service.getsockname())
    thread.join()
    service.close()


def ended(path) -> int:
    """Waits until no more datagrams arrive. Returns the number of datagrams."""
    counts = [-1, ask(path, "stats")["datagrams_in"]]
    while counts[-1] != counts[-2]:
        assert counts[-1] < 10_000, "the loop does not end"
        time.sleep(0.3)
        counts.append(ask(path, "stats")["datagrams_in"])
    return counts[-1]


@needs_root
@pytest.mark.parametrize("default", ["echo", "broadcast"])
@pytest.mark.parametrize("limits", [{}, {"udp_unproven_answers_per_second": 0}, {"udp_proof": "none"}], ids=str)
def test_two_daemons_stop(start, tmp_path, limits, default):
    paths = [tmp_path / "one.sock", tmp_path / "other.sock"]
    one, other = [
        start(listeners=[UDP], limits=dict(limits), relay={"default": default}, control={"socket": str(path)})
        for path in paths
    ]
    send_spoofed(("127.0.0.1", other.port("udp")), one.port("udp"), b"\x01for ever")
    wait_until("the first answer", lambda: ask(paths[1], "stats")["datagrams_in"] > 0)
    assert ended(paths[0]) <= ANSWERS_MAX
    assert ended(paths[1]) <= ANSWERS_MAX
    assert sum(ask(path, "stats")["udp_withheld"] for path in paths) == 1
    # A different datagram is answered. The loop that it starts ends too.
    send_spoofed(("127.0.0.1", other.port("udp")), one.port("udp"), b"\x01different")
    wait_until("the second loop", lambda: ask(paths[0], "stats")["datagrams_in"] > ANSWERS_MAX // 2)
    assert ended(paths[0]) <= 2 * ANSWERS_MAX


@needs_root
def test_a_loop_with_an_echo_service_stops(start, tmp_path, echo_service):
    path = tmp_path / "c.sock"
    limits = {"udp_unproven_answers_per_second": 0}
    daemon = start(listeners=[UDP], limits=limits, relay={"default": "echo"}, control={"socket": str(path)})
    send_spoofed(echo_service, daemon.port("udp"), b"for ever")
    wait_until("the service", lambda: ask(path, "stats")["datagrams_in"] > 1)
    assert ended(path) == 21
    assert ask(path, "stats")["udp_withheld"] == 1


def test_who_repeats_a_datagram_is_answered_again_after_another_one_or_a_second(start, raw_udp, tmp_path):
    limits = {"udp_unproven_answers_per_second": 0}
    path = tmp_path / "c.sock"
    daemon = start(listeners=[UDP], limits=limits, relay={"default": "echo"}, control={"socket": str(path)})
    client = raw_udp(daemon.port("udp"))
    sent = 0
    for rounds, last in enumerate((b"other", b"another")):
        for number in range(30):
            client.send(b"same")
            sent += 1
            # A datagram counts as a repetition only if it arrives after the identical answer has left.
            wait_until("an answer", lambda: len(client.received) >= rounds * 21 + min(number + 1, 20), client)
        wait_until("all datagrams to be read", lambda: ask(path, "stats")["datagrams_in"] == sent, client)
        client.send(last)
        sent += 1
        client.wait_for(last)
        assert len(client.received) == (rounds + 1) * (20 + 1)
    for _ in range(25):
        client.send(b"same")
    time.sleep(1.1)
    client.received.clear()
    client.send(b"same")
    client.wait_for(b"same")


def test_the_answers_to_an_unproven_address_keep_a_rate(start, raw_udp):
    daemon = start(listeners=[UDP], relay={"default": "echo"})
    strangers = [raw_udp(daemon.port("udp"), source="127.0.0.9") for _ in range(4)]
    began_at = time.monotonic()
    for number in range(100):
        strangers[number % 4].send(b"%d" % number)
    other = raw_udp(daemon.port("udp"), source="127.0.0.8")
    other.send(b"another address")
    other.wait_for(b"another address")
    # A burst of one second's answers, and the answers of the time since then.
    answers_max = 20 + 20 * (time.monotonic() - began_at) + 1
    for stranger in strangers:
        while stranger.poll():
            pass
    answers = sum(len(stranger.received) for stranger in strangers)
    assert 20 <= answers <= answers_max
    daemon.wait_for("datagrams.lost", reason="udp_withheld")
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("udp_withheld") == 100 - answers


def test_a_reload_changes_the_rate(start, raw_udp):
    tables = {"listeners": [UDP], "relay": {"default": "echo"}}
    daemon = start(**tables)
    client = raw_udp(daemon.port("udp"))
    for number in range(50):
        client.send(b"%d" % number)
    daemon.wait_for("datagrams.lost", reason="udp_withheld")
    limits = {"udp_unproven_answers_per_second": 0}
    assert daemon.reload(configuration(**tables, limits=limits))[0].message == "reload.applied"
    for number in range(100, 200):
        client.send(b"%d" % number)
        client.wait_for(b"%d" % number)
