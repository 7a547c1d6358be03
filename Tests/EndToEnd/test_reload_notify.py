"""The service manager is notified of each reload: RELOADING with the time, then READY, even for a rejected file."""

import signal
import time

import pytest

from harness.configuration import configuration
from harness.waiting import wait_until


def heard(notify_socket, *keys: str) -> list[str]:
    """Returns the received keys among `keys`, in order."""
    return [key for message in notify_socket.messages for key in message if key in keys]


@pytest.mark.parametrize("is_valid", [True, False])
def test_reloading_then_ready(launch, notify_socket, is_valid):
    daemon = launch(configuration(), NOTIFY_SOCKET=notify_socket.path)
    notify_socket.wait_for("READY", "1")
    notify_socket.messages.clear()
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000

    events = daemon.reload(configuration(relay={"default": "echo" if is_valid else "shout"}))

    ready = notify_socket.wait_for("READY", "1")
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert events[0].message == ("reload.applied" if is_valid else "reload.rejected")
    reloading = next(message for message in notify_socket.messages if "RELOADING" in message)
    assert reloading["RELOADING"] == "1"
    assert before <= int(reloading["MONOTONIC_USEC"]) <= after
    assert heard(notify_socket, "RELOADING", "READY") == ["RELOADING", "READY"]
    assert ("reload rejected" in ready["STATUS"]) == (not is_valid)
    if not is_valid:
        assert f"{daemon.file}:" in ready["STATUS"] and "shout" in ready["STATUS"]


def test_a_hundred_hangups_end_with_the_latest_file(launch, notify_socket):
    daemon = launch(configuration(), NOTIFY_SOCKET=notify_socket.path)
    notify_socket.wait_for("READY", "1")
    for number in range(1, 101):
        daemon.file.write_text(configuration(limits={"connections": number}))
        daemon.send_signal(signal.SIGHUP)
    wait_until(
        "the last file in force",
        lambda: any(
            str(event.fields.get("changed.limits.connections", "")).startswith("100,")
            for event in daemon.logged("reload.applied")
        ),
        notify_socket,
    )
    wait_until(
        "READY after each RELOADING",
        lambda: len(order := heard(notify_socket, "RELOADING", "READY")) % 2 == 1 and order[-1] == "READY",
        notify_socket,
    )
    order = heard(notify_socket, "RELOADING", "READY")
    assert order == ["READY"] + ["RELOADING", "READY"] * (len(order) // 2)


def test_a_hangup_during_the_start_is_not_lost(launch):
    """The test sends the signal as soon as the process blocks signals, as its status in /proc shows."""
    daemon = launch(configuration(relay={"default": "echo"}))

    def keeps_hangups() -> bool:
        with open(f"/proc/{daemon.process.pid}/status") as status:
            blocked = next(line for line in status if line.startswith("SigBlk:"))
        return int(blocked.split()[1], 16) & 1 != 0

    wait_until("SIGHUP blocked", keeps_hangups)
    daemon.send_signal(signal.SIGHUP)
    assert daemon.wait_for("reload.applied").read_at >= daemon.wait_for("ready").read_at


def test_a_hangup_during_a_shutdown_is_ignored(start, raw):
    daemon = start(relay={"default": "echo"}, limits={"pending_bytes": 0}, server={"drain": "1s"})
    stuck = raw(daemon.port(), receive_buffer_bytes=4096)
    for _ in range(100):
        stuck.send(bytes(60_000))
    daemon.send_signal(signal.SIGTERM)
    daemon.wait_for("shutdown.started")
    daemon.send_signal(signal.SIGHUP)
    assert daemon.wait_for_exit() == 0
    assert not daemon.logged("reload.applied") and not daemon.logged("reload.rejected")
