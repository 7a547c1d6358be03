"""A log that cannot be written: each lost line is counted and later reported, and no line is merged into another."""

import json
import os
import resource
import socket
import subprocess
from pathlib import Path

import pytest

from harness.configuration import configuration
from harness.control import ask, lobbyctl
from harness.raw_client import RawClient
from harness.waiting import wait_until

# The size limit of the log's file: enough for the lines of the start, but not for the lines of CONNECTIONS.
FILE_BYTES_MAX = 4000
CONNECTIONS = 40


def start(launch, path: Path, **options):
    """Starts a daemon and waits until its control socket at `path` answers. Returns the daemon and its port."""
    config = configuration(relay={"default": "echo"}, control={"socket": str(path)})
    daemon = launch(config, **options)
    wait_until("an answer", lambda: lobbyctl(path, "status").returncode == 0)
    return daemon, ask(path, "status")["listeners"][0]["port"]


def is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def come_and_go(port: int, path: Path, count: int) -> None:
    """Opens and closes `count` connections. Each logs two lines at debug. Returns when all lines have been logged."""
    closed = ask(path, "stats")["connections_opened"] + count
    for _ in range(count):
        RawClient(port).close()

    def ended() -> bool:
        stats = ask(path, "stats")
        return (stats["connections_opened"], stats["connections_open"]) == (closed, 0)

    wait_until("every connection to end", ended)


def test_lines_for_which_a_file_has_no_room_are_counted_and_none_is_glued_to_another(launch, tmp_path):
    path, log = tmp_path / "c.sock", tmp_path / "log"
    daemon, port = start(launch, path, log_file=log, prefix=("prlimit", f"--fsize={FILE_BYTES_MAX}:unlimited"))

    come_and_go(port, path, CONNECTIONS)
    wait_until("a full file", lambda: log.stat().st_size == FILE_BYTES_MAX)
    wait_until("lost lines", lambda: ask(path, "stats")["log_dropped"] > 0)
    before = log.read_bytes().splitlines()
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    come_and_go(port, path, 1)
    assert daemon.terminate() == 0

    lines = log.read_bytes().splitlines()
    assert lines[: len(before)] == before, "the partial line must end before the next line begins"
    events = [json.loads(line) for line in lines if is_whole(line)]
    assert len(events) >= len(lines) - 1
    dropped = sum(int(event["dropped"]) for event in events if event["message"] == "log.dropped")
    (finished,) = (event for event in events if event["message"] == "shutdown.finished")
    assert dropped == int(finished["log_dropped"]) > 0
    whole = [event for event in events if event["message"] in ("connection.opened", "connection.closed")]
    assert len(whole) + dropped == 2 * (CONNECTIONS + 1)


@pytest.mark.parametrize("place", ["/dev/full", "a pipe without a reader"])
def test_lines_that_nothing_takes_are_counted(launch, tmp_path, place):
    path = tmp_path / "c.sock"
    if place == "/dev/full":
        daemon, port = start(launch, path, log_file=Path(place))
    else:
        reader, writer = os.pipe()
        os.close(reader)
        daemon, port = start(launch, path, log_file=Path(f"/proc/self/fd/{writer}"))
        os.close(writer)
    before = ask(path, "stats")["log_dropped"]
    assert before >= len(["starting", "listener.bound", "ready"])
    come_and_go(port, path, CONNECTIONS)
    wait_until("lost lines", lambda: ask(path, "stats")["log_dropped"] == before + 2 * CONNECTIONS)
    assert daemon.terminate() == 0, "lost lines must not delay the exit"


class Journal:
    """A stand-in for journald, at a socket of its own."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "socket"
        self.socket: socket.socket | None = None

    def start(self) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.setblocking(False)

    def stop(self, removes_file: bool) -> None:
        assert self.socket
        self.socket.close()
        if removes_file:
            self.path.unlink()

    def messages(self) -> list[str]:
        """Returns the MESSAGE= of each waiting entry."""
        assert self.socket
        found = []
        while True:
            try:
                entry = self.socket.recv(1 << 16).decode()
            except BlockingIOError:
                return found
            found += [line.removeprefix("MESSAGE=") for line in entry.splitlines() if line.startswith("MESSAGE=")]


def mount_namespaces_are_ours() -> bool:
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not mount_namespaces_are_ours(), reason="needs a mount namespace")
@pytest.mark.parametrize("removes_file", [False, True], ids=["nobody listens", "no socket"])
def test_lines_that_the_journal_misses_while_it_restarts_are_counted(launch, tmp_path, removes_file):
    directory = tmp_path / "journal"
    directory.mkdir()
    journal = Journal(directory)
    journal.start()
    steps = 'mount -t tmpfs none /run && mkdir /run/systemd && ln -s "$0" /run/systemd/journal && exec "$@"'
    path = tmp_path / "c.sock"
    daemon, port = start(
        launch,
        path,
        prefix=("unshare", "--mount", "sh", "-c", steps, str(directory)),
        arguments=("--log-format", "journal", "--log-level", "debug"),
    )
    seen: list[str] = []

    def has(text: str) -> bool:
        seen.extend(journal.messages())
        return any(message.startswith(text) for message in seen)

    wait_until("the start in the journal", lambda: has("ready"))
    assert ask(path, "stats")["log_dropped"] == 0
    journal.stop(removes_file)
    come_and_go(port, path, 3)
    wait_until("lost lines", lambda: ask(path, "stats")["log_dropped"] == 2 * 3)

    journal.path.unlink(missing_ok=True)
    journal.start()
    come_and_go(port, path, 1)
    wait_until("log.dropped in the journal", lambda: has("log.dropped"))
    assert any("dropped=6" in message for message in seen if message.startswith("log.dropped")), seen
    assert ask(path, "stats")["log_dropped"] == 2 * 3
    assert daemon.terminate() == 0
