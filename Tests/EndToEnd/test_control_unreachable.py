"""lobbyctl without an answer: its message gives the true reason."""

import os
import socket
import subprocess
import threading

import pytest

from harness.control import LOBBYCTL, lobbyctl
from harness.daemon import EXIT_OS, EXIT_USAGE
from harness.waiting import DEADLINE


def sentence(ran: subprocess.CompletedProcess[str]) -> str:
    assert ran.returncode == EXIT_OS and len(ran.stderr.splitlines()) == 1, ran
    return ran.stderr.removeprefix("lobbyctl: ").rstrip("\n")


def unreachable(path, command: str = "status") -> str:
    text = sentence(lobbyctl(path, command))
    prefix = f"cannot reach lobbyd at {path}: "
    assert text.startswith(prefix)
    return text.removeprefix(prefix)


def test_no_such_file(tmp_path):
    assert unreachable(tmp_path / "none") == "No such file or directory; is lobbyd running, and with this socket?"


@pytest.mark.parametrize("command", ["status", "top", "reload"])
def test_a_file_that_is_no_socket(command):
    assert unreachable("/etc/passwd", command) == "this file is not a socket"


def test_a_directory(tmp_path):
    assert unreachable(tmp_path) == "this file is not a socket"


def test_a_socket_at_which_no_process_listens(tmp_path):
    path = tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert unreachable(path) == "Connection refused; no process listens on this socket"


def test_a_socket_of_another_kind(tmp_path):
    path = tmp_path / "c.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(str(path))
        assert unreachable(path) == "this is not a stream socket, so not lobbyd's"


@pytest.mark.skipif(os.getuid() != 0, reason="only root may run it as another user")
def test_a_socket_that_is_closed_to_the_user():
    # Not below tmp_path: the other user cannot reach that directory.
    path = f"/tmp/lobbyd-closed-{os.getpid()}.sock"
    with socket.socket(socket.AF_UNIX) as closed:
        closed.bind(path)
        try:
            os.chmod(path, 0o600)
            closed.listen()
            with open(LOBBYCTL, "rb") as binary:
                ran = subprocess.run(
                    [f"/proc/self/fd/{binary.fileno()}", "--socket", path, "status"], pass_fds=[binary.fileno()],
                    capture_output=True, text=True, timeout=DEADLINE, check=False, user=65534, group=65534, extra_groups=[],
                )
        finally:
            os.unlink(path)
    assert sentence(ran).endswith("Permission denied; only root and the members of lobbyd's group may connect")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"", "lobbyd closed the connection without an answer"),
        (b'{"version":1,"ok":tr', "lobbyd closed the connection in the middle of its answer"),
        (b"hello\n", "the answer is not from a lobbyd of this version"),
        (b"x" * (16 * 1024 * 1024 + 1), "the answer is not from a lobbyd of this version"),
    ],
    ids=["nothing", "a part", "nonsense", "too much"],
)
def test_what_answers_and_leaves(tmp_path, said, told):
    path = tmp_path / "c.sock"

    def answer() -> None:
        with server.accept()[0] as stream:
            stream.recv(65536)
            try:
                stream.sendall(said)
            except BrokenPipeError:
                pass

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        server.settimeout(DEADLINE)
        thread = threading.Thread(target=answer)
        thread.start()
        assert sentence(lobbyctl(path, "status")) == told
        thread.join(DEADLINE)


def test_a_path_that_is_not_text(tmp_path):
    """lobbyctl must not replace the bytes of a path: the replaced name would be a different file."""
    other = tmp_path / "c\N{REPLACEMENT CHARACTER}.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(other))
        listening.listen()
        path = os.fsencode(tmp_path) + b"/c\xff.sock"
        ran = subprocess.run(
            [os.fsencode(LOBBYCTL), b"--socket", path, b"status"], capture_output=True, timeout=DEADLINE, check=False
        )
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()
    assert ran.returncode == EXIT_USAGE
    assert rb"argument 2 is not UTF-8" in ran.stderr and rb"/c\xFF.sock" in ran.stderr
