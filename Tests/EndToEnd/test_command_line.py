"""The command line: --check, --dump-config, --version, --help, and the answer to a wrong command line."""

import re
import socket
import tomllib

import pytest

from harness.configuration import configuration, listener
from harness.daemon import EXIT_CONFIGURATION, EXIT_OK, EXIT_USAGE, REPOSITORY, run_lobbyd

OPTIONS = ("--config", "--check", "--dump-config", "--log-level", "--log-format", "--version", "--help")

# Every value differs from the default.
EVERY_KEY = {
    "listener": [
        {"name": "one", "transport": "tcp", "address": "127.0.0.1", "port": 7001, "backlog": 5, "header_size": 4},
        {"name": "two", "transport": "tcp", "address": "::1", "port": 7002, "backlog": 6, "header_size": 2},
    ],
    "relay": {"message_type": "uint16", "default": "drop", "include_sender": False},
    "route": [
        {"types": [1, 2, "10-19"], "handler": "echo"},
        {"types": [300], "handler": "broadcast", "include_sender": True},
    ],
    "limits": {"connections": 7, "datagram_bytes": 1000, "pending_bytes": 70000},
    "server": {"event_loops": 3, "drain": "7s"},
    "control": {"socket": "/tmp/lobbyd-no-default.sock"},
    "log": {"level": "warning", "format": "json"},
}


def every_key() -> str:
    tables = {name: EVERY_KEY[name] for name in ("relay", "limits", "server", "control", "log")}
    return configuration(EVERY_KEY["listener"], EVERY_KEY["route"], **tables)


def test_check_accepts_every_key(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(every_key())
    result = run_lobbyd("--config", file, "--check")
    assert result.returncode == EXIT_OK, result.stderr
    assert "valid" in result.stdout + result.stderr


def test_check_accepts_the_file_that_is_shipped():
    result = run_lobbyd("--config", REPOSITORY / "config" / "lobbyd.toml", "--check")
    assert result.returncode == EXIT_OK, result.stderr


def test_check_binds_nothing(tmp_path):
    """A configuration can be checked while a running daemon uses its port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        file = tmp_path / "busy.toml"
        file.write_text(configuration([listener(port=taken.getsockname()[1])]))
        assert run_lobbyd("--config", file, "--check").returncode == EXIT_OK


@pytest.mark.parametrize("text", [every_key(), ""])
def test_a_dump_reads_back_as_itself(tmp_path, text):
    file, dumped = tmp_path / "given.toml", tmp_path / "dumped.toml"
    file.write_text(text)

    first = run_lobbyd("--config", file, "--dump-config")
    assert first.returncode == EXIT_OK, first.stderr
    dumped.write_text(first.stdout)
    check = run_lobbyd("--config", dumped, "--check")
    assert check.returncode == EXIT_OK, check.stderr
    assert run_lobbyd("--config", dumped, "--dump-config").stdout == first.stdout


def test_a_dump_says_what_was_configured(tmp_path):
    file = tmp_path / "given.toml"
    file.write_text(every_key())
    dumped = tomllib.loads(run_lobbyd("--config", file, "--dump-config").stdout)

    def includes(whole, part) -> bool:
        if isinstance(part, dict):
            return all(key in whole and includes(whole[key], value) for key, value in part.items())
        if isinstance(part, list) and part and isinstance(part[0], dict):
            return len(whole) == len(part) and all(map(includes, whole, part))
        return whole == part

    for table, values in EVERY_KEY.items():
        assert includes(dumped.get(table), values), f"{table}: {dumped.get(table)}"


def test_a_dump_shows_the_defaults(tmp_path):
    file = tmp_path / "empty.toml"
    file.write_text("")
    dumped = tomllib.loads(run_lobbyd("--config", file, "--dump-config").stdout)
    assert [(one["address"], one["port"], one["backlog"], one["header_size"]) for one in dumped["listener"]] == [
        ("*", 9099, 1000, 2)
    ]
    assert dumped["relay"]["default"] == "broadcast"
    assert dumped["relay"]["include_sender"] is True
    assert (dumped["limits"]["connections"], dumped["limits"]["datagram_bytes"]) == (10_000, 65_535)
    assert dumped["server"]["drain"] == "5s"


def test_a_duration_without_a_unit_is_told_the_right_form(tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text("[server]\ndrain = 5\n")
    result = run_lobbyd("--config", file, "--check")
    assert result.returncode == EXIT_CONFIGURATION
    form = 'a duration from "0s" to "1h", a whole number of ms, s, m, h or d'
    assert result.stderr == f'{file}:2:9: server.drain: found 5, expected {form}; did you mean "5s"?\n'


@pytest.mark.parametrize(("given", "dumped"), [("3600s", "1h"), ("90m", "90m"), ("24h", "1d"), ("1500ms", "1500ms"), ("0m", "0s")])
def test_a_dump_has_durations_in_their_largest_unit(tmp_path, given, dumped):
    file = tmp_path / "given.toml"
    file.write_text(f'[limits]\nidle_timeout = "{given}"\n')
    assert tomllib.loads(run_lobbyd("--config", file, "--dump-config").stdout)["limits"]["idle_timeout"] == dumped


def test_version():
    result = run_lobbyd("--version")
    assert result.returncode == EXIT_OK
    assert len(result.stdout.splitlines()) == 1
    assert re.search(r"\d+\.\d+", result.stdout)


def test_help_names_every_option():
    result = run_lobbyd("--help")
    assert result.returncode == EXIT_OK
    assert [option for option in OPTIONS if option not in result.stdout] == []


@pytest.mark.parametrize(
    "arguments",
    [("--no-such-option",), ("surplus",), ("--log-level", "loud"), ("--log-format", "xml"), ("--config",)],
)
def test_a_usage_error(arguments):
    result = run_lobbyd(*arguments)
    assert result.returncode == EXIT_USAGE
    assert result.stderr.strip()
