"""Too few descriptors or threads for the configuration: lobbyd reports it and exits with 71 before it opens a port."""

import os
import stat
import subprocess

import pytest

from harness.configuration import configuration, listener
from harness.daemon import BINARY, EXIT_OS
from harness.waiting import IS_SANITIZED

# No process belongs to this user id.
USER = 64_125
# The thread that each process has from its start: the main thread.
OWN_THREADS = 1


def listeners_of_each_kind() -> list[dict]:
    return [listener(), listener(name="more"), listener(name="game-udp", transport="udp")]


def assert_exhausted(daemon, notify_socket, resource: str):
    assert daemon.wait_for_exit() == EXIT_OS
    event = daemon.wait_for("start.exhausted", resource=resource, level="critical")
    assert not daemon.logged("listener.bound")
    assert event.number("available") < event.number("needed")
    assert resource in notify_socket.wait_for("ERRNO")["STATUS"]
    return event


@pytest.mark.parametrize("limit", [4, 5, 6, 7, 8, 9, 10])
def test_a_handful_of_descriptors(launch, notify_socket, limit):
    daemon = launch(configuration(), descriptor_limits=(limit, limit), NOTIFY_SOCKET=notify_socket.path)
    assert_exhausted(daemon, notify_socket, "descriptors")


def test_more_event_loops_than_descriptors(launch, notify_socket):
    config = configuration(server={"event_loops": 400})
    daemon = launch(config, descriptor_limits=(512, 512), NOTIFY_SOCKET=notify_socket.path)
    assert_exhausted(daemon, notify_socket, "descriptors")


@pytest.mark.parametrize("loops", [1, 5])
@pytest.mark.parametrize("control", [True, False], ids=["control", "no control"])
def test_descriptors_that_just_suffice(launch, raw, notify_socket, tmp_path, loops, control):
    """lobbyd starts and serves with the reported number of descriptors, and does not start with one less."""
    tables = {"server": {"event_loops": loops}, "relay": {"default": "echo"}}
    tables["control"] = {"socket": str(tmp_path / "c.sock") if control else ""}
    config = configuration(listeners_of_each_kind(), **tables)
    short = launch(config, descriptor_limits=(8, 8), NOTIFY_SOCKET=notify_socket.path)
    event = assert_exhausted(short, notify_socket, "descriptors")
    enough = 8 - event.number("available") + event.number("needed")

    shorter = launch(config, descriptor_limits=(enough - 1, enough - 1), NOTIFY_SOCKET=notify_socket.path)
    assert_exhausted(shorter, notify_socket, "descriptors")
    daemon = launch(config, descriptor_limits=(enough, enough))
    client = raw(daemon.port())
    daemon.wait_for("ready")
    client.send(b"served")
    assert client.wait_for(1) == [b"served"]
    assert daemon.reload(config)[0].message == "reload.applied"


@pytest.fixture
def start_with_threads(launch, tmp_path):
    """Starts a daemon as a user with a limit of threads. The kernel does not count root's threads."""
    if IS_SANITIZED:
        pytest.skip("a sanitizer has threads of its own")
    user = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--")
    if os.geteuid() != 0 or subprocess.run([*user, "test", "-x", BINARY], check=False).returncode != 0:
        pytest.skip("needs root, and a binary that every user may run")
    for directory in (tmp_path, *tmp_path.parents):
        if not directory.stat().st_mode & stat.S_IXOTH:
            directory.chmod(directory.stat().st_mode | stat.S_IXOTH)

    def make(threads: int, config: str, **environment: str):
        return launch(config, prefix=("prlimit", f"--nproc={threads}", *user), **environment)

    return make


@pytest.mark.parametrize("threads", [1, 2, 3, 4])
def test_a_handful_of_threads(start_with_threads, notify_socket, threads):
    os.chmod(notify_socket.path, 0o666)
    config = configuration(server={"event_loops": 4})
    daemon = start_with_threads(threads, config, NOTIFY_SOCKET=notify_socket.path)
    assert_exhausted(daemon, notify_socket, "threads")


@pytest.mark.parametrize("loops", [1, 3])
@pytest.mark.parametrize("control", [True, False], ids=["control", "no control"])
@pytest.mark.parametrize("notified", [True, False], ids=["notified", "not notified"])
def test_threads_that_just_suffice(start_with_threads, raw, notify_socket, tmp_path, loops, control, notified):
    os.chmod(notify_socket.path, 0o666)
    directory = tmp_path / "control"
    directory.mkdir()
    os.chown(directory, USER, USER)
    tables = {"server": {"event_loops": loops}, "relay": {"default": "echo"}}
    tables["control"] = {"socket": str(directory / "c.sock") if control else ""}
    config = configuration(listeners_of_each_kind(), **tables)
    environment = {"NOTIFY_SOCKET": notify_socket.path} if notified else {}
    short = start_with_threads(1, config, **environment)
    assert short.wait_for_exit() == EXIT_OS
    event = short.wait_for("start.exhausted", resource="threads")
    assert event.number("available") == 0
    enough = OWN_THREADS + event.number("needed")

    shorter = start_with_threads(enough - 1, config, **environment)
    assert shorter.wait_for_exit() == EXIT_OS
    assert shorter.logged("start.exhausted", resource="threads")
    daemon = start_with_threads(enough, config, **environment)
    client = raw(daemon.port())
    daemon.wait_for("ready")
    client.send(b"served")
    assert client.wait_for(1) == [b"served"]
