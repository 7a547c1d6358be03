"""Failures: a daemon that hangs, a daemon that crashes, and an invalid configuration."""

import os
import re

from harness.waiting import wait_until


def restarted(service, before: str) -> bool:
    return service.show("MainPID") not in ("0", before) and service.is_running()


def test_the_watchdog_restarts_a_daemon_that_hangs(service, raw):
    service.override("WatchdogSec=2s\nTimeoutAbortSec=5s")  # the unit has 20 s and 15 s
    service.systemctl("start")
    process = service.show("MainPID")

    service.machine.run("systemctl", "kill", "--signal=STOP", "lobbyd")
    wait_until("a new daemon", lambda: restarted(service, process))

    service.wait_for_text("lobbyd.service: Failed with result 'watchdog'.")
    assert service.show("NRestarts") == "1"
    client = raw()
    client.send(b"\x01hello")
    assert client.wait_for(1) == [b"\x01hello"]


def test_a_crash_leaves_a_trace_with_names_in_the_journal(service):
    service.systemctl("start")
    process = service.show("MainPID")

    crash(service.machine.outside_id(int(process)))
    service.lobbyctl("stats", check=False)  # wakes every event loop
    wait_until("a new daemon", lambda: restarted(service, process))

    service.wait_for_text("Backtrace took")
    trace = service.text(lines=2000)
    assert "*** Program crashed: Illegal instruction" in trace
    assert re.search(r'^Thread \d+ "loop-.*" crashed:$', trace, re.MULTILINE)
    assert "EventLoop.start()" in trace
    assert len(re.findall(r"^Thread \d+", trace, re.MULTILINE)) > 2


def crash(process: int) -> None:
    """Writes an invalid instruction to the address at which an event loop's thread continues."""
    for task in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{task}/comm", encoding="ascii") as name:
            if not name.read().startswith("loop-"):
                continue
        with open(f"/proc/{process}/task/{task}/syscall", encoding="ascii") as call:
            address = int(call.read().split()[-1], 16)
        with open(f"/proc/{process}/mem", "r+b", buffering=0) as memory:
            memory.seek(address)
            memory.write(b"\x0f\x0b")
        return
    raise AssertionError("no event loop's thread")


def test_a_broken_configuration_is_told_and_not_tried_again(service):
    service.configure(port="90990")
    line = service.file.read_text().splitlines().index("port = 90990") + 1

    assert service.systemctl("start", check=False) != 0

    assert service.show("ExecMainStatus") == "78"
    assert (service.show("ActiveState"), service.show("NRestarts")) == ("failed", "0")
    status = service.machine.run("systemctl", "status", "lobbyd", check=False).stdout
    assert f"/etc/lobbyd/lobbyd.toml:{line}:8" in status
    assert "code=exited, status=78" in status
