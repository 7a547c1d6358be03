"""`lobbyctl top` on a terminal: colours, a screen of its own, and everything as it was afterwards."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

import pytest

from harness.configuration import listener
from harness.control import LOBBYCTL
from harness.waiting import DEADLINE


class Terminal:
    """A pseudo terminal of 80 x 24 with `lobbyctl top` on it."""

    def __init__(self, path, **environment):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.output = b""
        command = [str(LOBBYCTL), "--socket", str(path), "top"]
        self.process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, env=os.environ | environment, start_new_session=True
        )

    def read_until(self, text: bytes) -> None:
        deadline = time.monotonic() + DEADLINE
        while text not in self.output:
            assert select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0], self.output
            self.output += os.read(self.master, 65536)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminal(start, tmp_path):
    path = tmp_path / "c.sock"
    start(listeners=[listener()], control={"socket": str(path)})
    terminals = []

    def make(**environment):
        terminals.append(Terminal(path, **environment))
        return terminals[-1]

    yield make
    for one in terminals:
        one.close()


@pytest.mark.parametrize("end", [b"q", b"\x03", signal.SIGTERM, signal.SIGINT])
def test_whatever_ends_it_gives_the_terminal_back(terminal, end):
    top = terminal()
    top.read_until(b"PENDING")
    assert b"\x1b[?1049h" in top.output and b"\x1b[7m" in top.output
    assert termios.tcgetattr(top.slave) != top.before
    if isinstance(end, bytes):
        os.write(top.master, end)
    else:
        top.process.send_signal(end)
    assert top.process.wait(DEADLINE) == 0
    top.read_until(b"\x1b[?25h\x1b[?1049l")
    assert termios.tcgetattr(top.slave) == top.before


def test_it_draws_again_every_second(terminal):
    top = terminal()
    started = time.monotonic()
    while top.output.count(b"PENDING") < 3:
        top.output += b"" if not select.select([top.master], [], [], DEADLINE)[0] else os.read(top.master, 65536)
    assert 1.5 < time.monotonic() - started < 10


def test_no_colour_where_none_is_wanted(terminal):
    top = terminal(NO_COLOR="1")
    top.read_until(b"PENDING")
    assert b"\x1b[7m" not in top.output and b"\x1b[1m" not in top.output
