"""Datagrams that the kernel drops before lobbyd reads them are counted. `receive_buffer` sets the kernel's buffer."""

import os
import signal

import pytest

from harness.configuration import configuration, listener
from harness.control import ask, lobbyctl

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root can set any size of a buffer")
SENT = 4_000


def udp(**keys) -> dict:
    return listener(name="udp", transport="udp", **keys)


def tables(path, **keys) -> dict:
    return {"listeners": [udp(**keys)], "relay": {"default": "drop"}, "control": {"socket": str(path)}}


def flood(daemon, raw_udp) -> None:
    """Sends all datagrams while lobbyd is stopped."""
    client = raw_udp(daemon.port("udp"))
    daemon.send_signal(signal.SIGSTOP)
    try:
        for number in range(SENT):
            client.send(b"%d" % number)
    finally:
        daemon.send_signal(signal.SIGCONT)


def test_what_the_kernel_drops_is_counted_and_logged(start, raw_udp, tmp_path):
    path = tmp_path / "c.sock"
    daemon = start(**tables(path))
    flood(daemon, raw_udp)
    line = daemon.wait_for("datagrams.lost", reason="udp_kernel_drops")
    assert line["level"] == "notice"
    stats = ask(path, "stats")
    assert stats["udp_kernel_drops"] > 0
    assert stats["udp_kernel_drops"] + stats["datagrams_in"] == SENT
    assert len(daemon.logged("datagrams.lost")) == 1
    assert daemon.terminate() == 0
    assert daemon.wait_for("shutdown.finished").number("udp_kernel_drops") == stats["udp_kernel_drops"]


@needs_root
def test_a_larger_buffer_drops_nothing(start, raw_udp, tmp_path):
    path = tmp_path / "c.sock"
    daemon = start(**tables(path, receive_buffer=16_777_216))
    flood(daemon, raw_udp)
    daemon.wait_for("connection.opened")
    while ask(path, "stats")["datagrams_in"] < SENT:
        pass
    assert ask(path, "stats")["udp_kernel_drops"] == 0


@needs_root
def test_the_log_and_status_tell_what_the_system_has_granted(start, tmp_path):
    path = tmp_path / "c.sock"
    daemon = start(**tables(path, receive_buffer=65_536))
    assert daemon.wait_for("listener.bound", listener="udp").number("receive_buffer") == 65_536
    assert ask(path, "status")["listeners"][0]["receive_buffer"] == 65_536
    assert not daemon.logged("listener.receive_buffer")


@needs_root
@pytest.mark.parametrize("size", [4_096, 1_073_741_824])
def test_the_ends_of_the_range_are_granted(start, tmp_path, size):
    daemon = start(**tables(tmp_path / "c.sock", receive_buffer=size))
    # Linux doubles the requested size, and the result has at most 31 bits.
    assert daemon.wait_for("listener.bound", listener="udp").number("receive_buffer") == min(size, 2**30 - 1)
    assert not daemon.logged("listener.receive_buffer")


def test_zero_is_what_the_system_has(start, tmp_path):
    with open("/proc/sys/net/core/rmem_default") as setting:
        default = int(setting.read())
    path = tmp_path / "c.sock"
    daemon = start(**tables(path))
    assert daemon.wait_for("listener.bound", listener="udp").number("receive_buffer") == default // 2
    for size, granted in [(8_192, 8_192), (0, default // 2)]:
        (reloaded,) = daemon.reload(configuration(**tables(path, receive_buffer=size)))
        assert reloaded.message == "reload.applied" and reloaded.number("changes") == 1
        assert ask(path, "status")["listeners"][0]["receive_buffer"] == granted


def test_less_than_asked_for_is_a_warning(launch, tmp_path):
    """Without the right to force the size, the system's maximum applies."""
    with open("/proc/sys/net/core/rmem_max") as setting:
        most = int(setting.read())
    path = tmp_path / "c.sock"
    daemon = launch(configuration(**tables(path, receive_buffer=most + 1)), dropped_capability="net_admin")
    daemon.wait_for("ready")
    warning = daemon.wait_for("listener.receive_buffer", listener="udp")
    assert (warning["level"], warning.number("receive_buffer"), warning.number("requested")) == ("warning", most, most + 1)
    assert daemon.wait_for("listener.bound", listener="udp").number("receive_buffer") == most
    for size in (most, most + 2, most + 2):
        (reloaded,) = daemon.reload(configuration(**tables(path, receive_buffer=size)))
        assert reloaded.message == "reload.applied"
    daemon.wait_for("listener.receive_buffer", requested=most + 2)
    assert len(daemon.logged("listener.receive_buffer")) == 2
    assert ask(path, "status")["listeners"][0]["receive_buffer"] == most


def test_the_page_of_lobbyctl_tells_it(start, tmp_path):
    path = tmp_path / "c.sock"
    start(**tables(path, receive_buffer=8_192))
    header, line = lobbyctl(path, "status").stdout.splitlines()[-2:]
    assert header[: header.index("BUFFER") + len("BUFFER")].split()[-1] == "BUFFER"
    assert line[: header.index("BUFFER") + len("BUFFER")].split()[-1] == "8192"
