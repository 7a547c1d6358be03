"""`lobbyctl top` on a terminal: colours, the alternate screen, keys at any time, and a restored terminal."""

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
from harness.waiting import DEADLINE, wait_until

TAKEN_OVER, GIVEN_BACK = b"\x1b[?1049h\x1b[?25l", b"\x1b[?25h\x1b[?1049l"


class Terminal:
    """A pseudo terminal of 80 x 24 with `lobbyctl top` on it."""

    def __init__(self, path, **environment: str | None):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self.slave)
        self.output = b""
        command = [str(LOBBYCTL), "--socket", str(path), "top"]
        settings = os.environ | {"TERM": "xterm"} | environment
        # A process group of its own in this session, like a job of a shell: such a process can be stopped.
        self.process = subprocess.Popen(
            command, stdin=self.slave, stdout=self.slave, stderr=subprocess.PIPE, process_group=0,
            env={name: text for name, text in settings.items() if text is not None},
        )

    def read_until(self, text: bytes) -> None:
        deadline = time.monotonic() + DEADLINE
        while text not in self.output:
            assert select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0], self.output
            self.output += os.read(self.master, 65536)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def read_more(self) -> None:
        assert select.select([self.master], [], [], DEADLINE)[0], self.output
        self.output += os.read(self.master, 65536)

    @property
    def is_stopped(self) -> bool:
        with open(f"/proc/{self.process.pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "c.sock"


@pytest.fixture
def daemon(start, path):
    daemon = start(listeners=[listener()], control={"socket": str(path)})
    yield daemon
    daemon.process.send_signal(signal.SIGCONT)


@pytest.fixture
def terminal(daemon, path):
    terminals = []

    def make(**environment):
        terminals.append(Terminal(path, **environment))
        return terminals[-1]

    yield make
    for one in terminals:
        one.close()


ENDS = [b"q", b"\x03", b"\x1c", signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP]


@pytest.mark.parametrize("end", ENDS)
def test_whatever_ends_it_gives_the_terminal_back(terminal, end):
    top = terminal()
    top.read_until(b"PENDING")
    assert b"\x1b[?1049h" in top.output and b"\x1b[7m" in top.output
    assert termios.tcgetattr(top.slave) != top.before
    end_and_check(top, end)


def end_and_check(top: Terminal, end: bytes | signal.Signals) -> None:
    if isinstance(end, bytes):
        top.type(end)
    else:
        top.process.send_signal(end)
    assert top.process.wait(DEADLINE) == 0
    top.read_until(GIVEN_BACK)
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


# A lobbyd that hangs


@pytest.mark.parametrize("end", ENDS)
def test_it_can_be_left_while_lobbyd_hangs(terminal, daemon, end):
    top = terminal()
    top.read_until(b"PENDING")
    daemon.process.send_signal(signal.SIGSTOP)
    top.read_until(b"lobbyd has not answered for 2s")
    started = time.monotonic()
    end_and_check(top, end)
    assert time.monotonic() - started < 2


def test_it_can_be_left_before_the_first_answer(terminal, daemon):
    daemon.process.send_signal(signal.SIGSTOP)
    top = terminal()
    top.read_until(TAKEN_OVER)
    end_and_check(top, b"q")


def test_it_tells_how_long_lobbyd_has_not_answered_and_goes_on_with_the_answer(terminal, daemon):
    top = terminal()
    top.read_until(b"PENDING")
    daemon.process.send_signal(signal.SIGSTOP)
    top.read_until(b"lobbyd has not answered for 3s")
    daemon.process.send_signal(signal.SIGCONT)
    top.output = b""
    top.read_until(b"\x1b[J")
    top.read_until(b"PENDING")
    top.output = b""
    top.read_until(b"PENDING")
    assert b"not answered" not in top.output


# Stop and continue


@pytest.mark.parametrize("stop", [b"\x1a", signal.SIGTSTP])
@pytest.mark.parametrize("hangs", [False, True], ids=["lobbyd answers", "lobbyd hangs"])
def test_a_stop_gives_the_terminal_back_and_going_on_draws_again(terminal, daemon, stop, hangs):
    top = terminal()
    top.read_until(b"PENDING")
    if hangs:
        daemon.process.send_signal(signal.SIGSTOP)
        top.read_until(b"not answered")
    if isinstance(stop, bytes):
        top.type(stop)
    else:
        top.process.send_signal(stop)
    top.read_until(GIVEN_BACK)
    wait_until("top to stop", lambda: top.is_stopped)
    assert termios.tcgetattr(top.slave) == top.before

    top.output = b""
    top.process.send_signal(signal.SIGCONT)
    top.read_until(TAKEN_OVER)
    top.read_until(b"PENDING")
    assert termios.tcgetattr(top.slave) != top.before
    end_and_check(top, b"q")


def test_after_a_stop_that_no_program_can_notice_it_takes_the_terminal_again(terminal):
    top = terminal()
    top.read_until(b"PENDING")
    top.process.send_signal(signal.SIGSTOP)
    wait_until("top to stop", lambda: top.is_stopped)
    # A shell also restores the settings of its terminal.
    termios.tcsetattr(top.slave, termios.TCSANOW, top.before)
    while select.select([top.master], [], [], 0)[0]:
        top.read_more()
    top.output = b""
    top.process.send_signal(signal.SIGCONT)
    top.read_until(TAKEN_OVER)
    top.read_until(b"PENDING")
    assert termios.tcgetattr(top.slave) != top.before
    end_and_check(top, b"q")


def test_another_size_is_drawn_at_once_while_lobbyd_hangs(terminal, daemon):
    top = terminal()
    top.read_until(b"PENDING")
    daemon.process.send_signal(signal.SIGSTOP)
    top.read_until(b"not answered")
    fcntl.ioctl(top.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 20, 0, 0))
    top.output = b""
    top.process.send_signal(signal.SIGWINCH)
    # The line is cut to the width of the terminal.
    top.read_until("lobbyd has not answ\N{HORIZONTAL ELLIPSIS}".encode())


# Terminals without escape sequences


@pytest.mark.parametrize("name", ["dumb", "", None])
def test_a_terminal_without_escape_sequences_gets_pages_of_text(terminal, name):
    top = terminal(TERM=name)
    while top.output.count(b"PENDING") < 2:
        top.read_more()
    assert b"\x1b" not in top.output
    assert termios.tcgetattr(top.slave) == top.before
    top.process.send_signal(signal.SIGINT)
    assert top.process.wait(DEADLINE) == -signal.SIGINT
    assert b"\x1b" not in top.output


def test_progress_of_a_measurement_needs_escape_sequences(daemon):
    for name, escapes in (("xterm", True), ("dumb", False), ("", False)):
        master, slave = pty.openpty()
        command = [str(LOBBYCTL), "bench", "--port", str(daemon.port()), "--connections", "2", "--count", "20"]
        ran = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=slave, env=os.environ | {"TERM": name}, timeout=DEADLINE, check=False
        )
        os.close(slave)
        shown = b""
        try:
            while piece := os.read(master, 65536):
                shown += piece
        except OSError:
            # The end of the output.
            pass
        os.close(master)
        assert ran.returncode == 0 and (b"\x1b" in shown) == escapes, (name, shown)
