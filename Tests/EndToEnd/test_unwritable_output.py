"""Output that cannot be written: a full device, a closed descriptor, or a reader that has left."""

import json
import os
import resource
import signal
import subprocess
from pathlib import Path

import pytest

from harness.configuration import configuration, listener
from harness.control import LOBBYCTL, ControlConnection
from harness.daemon import BINARY, EXIT_CONFIGURATION, EXIT_OS, EXIT_USAGE
from harness.waiting import DEADLINE

EXIT_FAILURE = 1
FULL = "cannot write to standard output: No space left on device\n"

LOBBYCTL_OFFLINE = [
    ("--help",), ("--version",), ("help", "top"), ("top", "--help"), ("--generate-completion-script", "bash"),
    ("--generate-completion-script", "zsh"), ("--generate-completion-script", "fish"), ("--experimental-dump-help",),
    ("version",),
]
LOBBYCTL_ONLINE = [
    ("status",), ("stats",), ("list",), ("show", "1"), ("reload",), ("loglevel", "debug"), ("version",),
    ("top", "--count", "1"), ("kick", "1"), ("drain",),
]
LOBBYD = [("--check",), ("--dump-config",), ("--help",), ("--version",), ("--generate-completion-script", "bash")]


def run(binary: Path, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [str(binary), *map(str, arguments)]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=DEADLINE, check=False, **options
    )


def run_full(binary: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    with open("/dev/full", "w") as full:
        return run(binary, *arguments, stdout=full)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "c.sock"


@pytest.fixture
def daemon(start, path, raw):
    daemon = start(listeners=[listener()], relay={"default": "echo"}, control={"socket": str(path)})
    raw(daemon.port())
    daemon.wait_for("connection.opened")
    return daemon


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "lobbyd.toml"
    file.write_text(configuration([listener()]))
    return file


# A full device


@pytest.mark.parametrize("arguments", LOBBYCTL_OFFLINE, ids=" ".join)
def test_a_full_device_fails_what_lobbyctl_says_by_itself(arguments, path):
    socket = () if arguments[0] == "help" or arguments[-1].startswith("--") or len(arguments) == 2 else ("--socket", path)
    ran = run_full(LOBBYCTL, *arguments, *socket)
    assert (ran.returncode, ran.stderr) == (EXIT_FAILURE, "lobbyctl: " + FULL)


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("arguments", LOBBYCTL_ONLINE, ids=" ".join)
def test_a_full_device_fails_what_lobbyctl_has_asked(daemon, path, arguments, form):
    ran = run_full(LOBBYCTL, "--socket", path, *form, *arguments)
    assert (ran.returncode, ran.stderr) == (EXIT_FAILURE, "lobbyctl: " + FULL)


def test_no_command_is_left_out():
    dumped = json.loads(subprocess.check_output([str(LOBBYCTL), "--experimental-dump-help"]))
    commands = {one["commandName"] for one in dumped["command"]["subcommands"]}
    assert commands == {arguments[0] for arguments in LOBBYCTL_ONLINE} | {"bench", "help"}


def test_a_full_device_fails_a_measurement(daemon):
    ran = run_full(LOBBYCTL, "bench", "--port", daemon.port(), "--connections", 2, "--count", 20)
    assert (ran.returncode, ran.stderr) == (EXIT_FAILURE, "lobbyctl: " + FULL)


@pytest.mark.parametrize("arguments", LOBBYD, ids=" ".join)
def test_a_full_device_fails_what_lobbyd_prints(file, arguments):
    ran = run_full(BINARY, "--config", file, *arguments)
    assert (ran.returncode, ran.stderr) == (EXIT_FAILURE, "lobbyd: " + FULL)


@pytest.mark.parametrize("binary", [BINARY, LOBBYCTL], ids=["lobbyd", "lobbyctl"])
def test_a_file_that_is_as_long_as_it_may_be_fails_it(tmp_path, binary):
    with open(tmp_path / "output", "w") as output:
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        ran = run(binary, "--version", stdout=output, preexec_fn=limit)
    assert ran.returncode == EXIT_FAILURE
    assert ran.stderr == f"{binary.name}: cannot write to standard output: File too large\n"


def test_messages_that_have_no_place_leave_the_exit_status(tmp_path, path):
    bad = tmp_path / "bad.toml"
    bad.write_text("[log]\nlevel = 7\n")
    for status, binary, *arguments in (
        (EXIT_CONFIGURATION, BINARY, "--config", bad, "--check"),
        (EXIT_USAGE, BINARY, "--no-such-option"),
        (EXIT_USAGE, LOBBYCTL, "dance"),
        (EXIT_OS, LOBBYCTL, "--socket", path, "status"),
    ):
        with open("/dev/full", "w") as full:
            command = [str(binary), *map(str, arguments)]
            ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=full, timeout=DEADLINE, check=False)
        assert (ran.returncode, ran.stdout) == (status, b""), arguments


# A reader that has left


@pytest.mark.parametrize("disposition", [signal.SIG_DFL, signal.SIG_IGN], ids=["default", "ignored"])
@pytest.mark.parametrize("binary, arguments", [(LOBBYCTL, ("--help",)), (LOBBYCTL, ("stats",)), (BINARY, ("--dump-config",))])
def test_a_reader_that_has_left_is_no_message(daemon, path, file, binary, arguments, disposition):
    reader, writer = os.pipe()
    os.close(reader)
    place = ("--socket", path) if arguments == ("stats",) else ("--config", file) if binary == BINARY else ()
    ran = run(
        binary, *place, *arguments, stdout=writer, restore_signals=False,
        preexec_fn=lambda: signal.signal(signal.SIGPIPE, disposition),
    )
    os.close(writer)
    assert ran.stderr == ""
    # lobbyd itself ignores SIGPIPE.
    is_killed = disposition == signal.SIG_DFL and binary == LOBBYCTL
    assert ran.returncode == (-signal.SIGPIPE if is_killed else EXIT_FAILURE)


# Closed descriptors


@pytest.mark.parametrize("closed", [(1,), (0, 1), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("arguments", [("--help",), ("status",), ("top", "--count", "1"), ("reload",)], ids=" ".join)
def test_a_closed_output_fails_and_stays_out_of_the_control_socket(daemon, path, arguments, closed):
    place = () if arguments == ("--help",) else ("--socket", path)

    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    ran = run(LOBBYCTL, *place, *arguments, stdout=subprocess.DEVNULL, preexec_fn=close)
    assert ran.returncode == EXIT_FAILURE
    if 2 not in closed:
        assert ran.stderr == "lobbyctl: cannot write to standard output: Bad file descriptor\n"
    client = ControlConnection(path)
    client.send(b'{"version":1,"command":"stats"}\n')
    assert client.answer()["result"]["control_errors"] == 0
    client.close()


@pytest.mark.parametrize("closed", [0, 2])
def test_a_closed_descriptor_that_is_not_used_is_no_matter(daemon, path, closed):
    command = [str(LOBBYCTL), "--socket", str(path), "stats"]
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, timeout=DEADLINE, check=False, preexec_fn=lambda: os.close(closed)
    )
    assert ran.returncode == 0 and b"connections_open" in ran.stdout
