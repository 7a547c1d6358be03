"""Each command of lobbyctl against a daemon with connections."""

import json
import os
import signal
import subprocess

import pytest

from harness.configuration import barrier_route, configuration, listener
from harness.control import LOBBYCTL, ControlConnection, ask, lobbyctl
from harness.daemon import EXIT_OS, EXIT_USAGE
from harness.waiting import wait_until


@pytest.fixture
def path(tmp_path):
    return tmp_path / "c.sock"


@pytest.fixture
def daemon(start, path):
    return start(
        listeners=[listener(), listener(name="lobby")],
        relay={"default": "echo"},
        routes=[barrier_route()],
        control={"socket": str(path)},
    )


def test_status(daemon, path, raw):
    client = raw(daemon.port("lobby"))
    client.send(b"\x01hello")
    wait_until("the echo", lambda: client.frames, client)
    status = ask(path, "status")
    assert status["process"] == daemon.process.pid
    assert (status["connections"], status["connections_opened"], status["connections_max"]) == (1, 1, 10_000)
    assert status["traffic"] == {"datagrams_in": 1, "bytes_in": 8, "datagrams_out": 1, "bytes_out": 8}
    game, lobby = status["listeners"]
    assert (game["name"], game["port"], game["connections"]) == ("game", daemon.port("game"), 0)
    assert (lobby["name"], lobby["connections"], lobby["traffic"]["bytes_out"]) == ("lobby", 1, 8)
    client.close()
    daemon.wait_for("connection.closed")
    lobby = ask(path, "status")["listeners"][1]
    assert (lobby["connections"], lobby["connections_opened"], lobby["traffic"]["bytes_out"]) == (0, 1, 8)

    page = lobbyctl(path, "status")
    assert page.returncode == 0
    assert all(text in page.stdout for text in ("lobbyd ", "running", "game", "lobby", "last reload"))
    assert "\x1b" not in page.stdout


def test_list_sorts_and_filters(daemon, path, raw):
    talker, quiet = raw(daemon.port()), raw(daemon.port("lobby"))
    talker.send(b"\x01hello")
    wait_until("the echo", lambda: talker.frames, talker)
    daemon.wait_for("connection.opened", count=2)

    def ports(*arguments) -> list[int]:
        return [connection["port"] for connection in ask(path, "list", *arguments)["connections"]]

    assert ports("--sort", "bytes-in") == [quiet.port, talker.port]
    assert ports("--sort", "bytes-in", "--reverse") == [talker.port, quiet.port]
    assert ports("--listener", "lobby") == [quiet.port]
    for address in ("127.0.0.1", "127.0.0.0/8", "0.0.0.0/0", "::ffff:127.0.0.1", "::ffff:127.0.0.0/104"):
        assert sorted(ports("--address", address)) == sorted([talker.port, quiet.port]), address
    for address in ("127.0.0.2", "10.0.0.0/8", "::/0", "[::1]", "fe80::1%eth0"):
        assert ports("--address", address) == [], address
    assert ports("--address", "127.0.0.1", "--listener", "lobby") == [quiet.port]
    assert ports("--address", "127.0.0.2", "--listener", "lobby") == []
    assert lobbyctl(path, "list", "--sort", "colour").returncode == EXIT_USAGE

    lines = lobbyctl(path, "list").stdout.splitlines()
    assert lines[0].split()[:4] == ["ID", "LISTENER", "ADDRESS", "AGE"]
    assert len(lines) == 3 and any(f"127.0.0.1:{talker.port}" in line for line in lines)


def test_a_listener_that_is_not_there_is_refused(daemon, path):
    """A misspelled name must not look like a listener without players."""
    for name in ("gmae", "", "Game"):
        ran = lobbyctl(path, "list", "--listener", name)
        assert (ran.returncode, ran.stdout) == (1, ""), name
        assert ran.stderr == f'lobbyctl: no listener is named "{name}"; the listeners are "game", "lobby"\n'
    answer = json.loads(lobbyctl(path, "--json", "list", "--listener", "gmae").stdout)
    assert answer["error"]["code"] == "notFound"


def test_the_name_of_a_removed_listener_finds_its_connections(daemon, path, raw):
    client = raw(daemon.port("lobby"))
    daemon.wait_for("connection.opened")
    config = configuration([listener()], [barrier_route()], relay={"default": "echo"}, control={"socket": str(path)})
    assert daemon.reload(config)[0].message == "reload.applied"
    listed = ask(path, "list", "--listener", "lobby")["connections"]
    assert [connection["port"] for connection in listed] == [client.port]
    assert ask(path, "list", "--listener", "lobby", "--address", "127.0.0.9")["connections"] == []
    client.close()
    daemon.wait_for("connection.closed")
    assert lobbyctl(path, "list", "--listener", "lobby").returncode == 1


@pytest.mark.parametrize(
    "address",
    ["localhost", "", "127.0.0.1:80", "[127.0.0.1]", "127.1", "::1%lo", "[::1", "1/33", "fe80::1%", "fe80::1%a/b"],
)
def test_an_invalid_address_is_a_wrong_command_line(path, address):
    ran = lobbyctl(path, "list", "--address", address)
    assert ran.returncode == EXIT_USAGE, "a usage error must be found before lobbyd is asked"
    assert f'found "{address}", expected an address or a range of addresses' in ran.stderr


def test_a_range_with_bits_after_its_prefix_is_told_apart(path):
    assert "did you mean 127.0.0.0/8?" in lobbyctl(path, "list", "--address", "127.0.0.1/8").stderr


def test_a_long_list_comes_whole(daemon, path, raw):
    clients = [raw(daemon.port()) for _ in range(300)]
    daemon.wait_for("connection.opened", count=300)
    listed = ask(path, "list", "--sort", "id")["connections"]
    assert sorted(one["port"] for one in listed) == sorted(client.port for client in clients)
    assert [one["id"] for one in listed] == sorted(one["id"] for one in listed)


def test_show(daemon, path, raw):
    client = raw(daemon.port())
    number = daemon.wait_for("connection.opened").number("connection_id")
    shown = ask(path, "show", number)
    assert (shown["id"], shown["port"], shown["listener"], shown["header_size"]) == (number, client.port, "game", 2)
    assert f"127.0.0.1:{client.port}" in lobbyctl(path, "show", number).stdout


def test_kick_ends_that_connection_only_and_says_why(daemon, path, raw):
    victim, bystander = raw(daemon.port()), raw(daemon.port())
    number = daemon.wait_for("connection.opened", peer_port=victim.port).number("connection_id")
    daemon.wait_for("connection.opened", count=2)
    ran = lobbyctl(path, "kick", number, "--reason", 'cheat\x1b[31m\n"ing"')
    assert (ran.returncode, ran.stdout) == (0, f"kicked {number}\n")

    wait_until("the end", lambda: victim.end, victim)
    closed = daemon.wait_for("connection.closed", connection_id=number)
    assert closed["close_reason"] == "kicked"
    assert closed["reason"] == r'cheat\u{1B}[31m\n"ing"'
    asked = daemon.wait_for("admin.command", admin_command="kick")
    assert (asked["level"], asked["admin_uid"], asked["connection_id"]) == ("notice", os.getuid(), number)
    bystander.send(b"\x01x")
    wait_until("the echo", lambda: bystander.frames, bystander)

    again = lobbyctl(path, "kick", number)
    assert again.returncode == 1
    assert again.stderr == f"lobbyctl: there is no connection {number} (any more)\n"
    assert json.loads(lobbyctl(path, "--json", "kick", number).stdout)["error"]["code"] == "notFound"


def test_an_overlong_reason_kicks_nobody(daemon, path, raw):
    raw(daemon.port())
    number = daemon.wait_for("connection.opened").number("connection_id")
    ran = lobbyctl(path, "kick", number, "--reason", "r" * 257)
    assert ran.returncode == 1 and "256" in ran.stderr
    assert ask(path, "status")["connections"] == 1


def test_a_log_level_holds_for_a_while(daemon, path, raw):
    """The daemon runs at debug. The commands themselves are logged at any level."""
    assert lobbyctl(path, "loglevel", "error", "--for", "2s").returncode == 0
    status = ask(path, "status")
    assert status["log_level"] == "error" and 0 <= status["log_level_remaining_usec"] <= 2_000_000
    asked = daemon.wait_for("admin.command", admin_command="loglevel", log_level="error", admin_uid=os.getuid())
    assert asked.number("duration_usec") == 2_000_000
    wait_until("the old level", lambda: ask(path, "status")["log_level"] == "debug")
    raw(daemon.port())
    daemon.wait_for("connection.opened")

    assert lobbyctl(path, "loglevel", "error").returncode == 0
    assert "log_level_remaining_usec" in ask(path, "status") and ask(path, "status")["log_level_remaining_usec"] is None
    assert lobbyctl(path, "loglevel", "critical").returncode == 0
    daemon.wait_for("admin.command", log_level="critical")


def test_the_largest_number_of_a_connection_stays_itself(daemon, path):
    """JSON's numbers have no limit, but many of its parsers are exact only up to 2^53 or 2^63."""
    largest = 2**64 - 1
    for command in ("kick", "show"):
        ran = lobbyctl(path, command, largest)
        assert (ran.returncode, ran.stderr) == (1, f"lobbyctl: there is no connection {largest} (any more)\n")
        error = json.loads(lobbyctl(path, "--json", command, largest).stdout)["error"]
        assert str(largest) in error["message"]
        assert lobbyctl(path, command, largest + 1).returncode == EXIT_USAGE
    assert daemon.wait_for("admin.command", admin_command="kick").number("connection_id") == largest
    client = ControlConnection(path)
    client.send(b'{"version":1,"command":"show","id":%d}\n' % (largest + 1))
    assert client.answer()["error"]["code"] == "badArgument"
    client.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("loud",), "there is no level loud"),
        (("info", "--for", "5"), "expected a duration, a whole number of ms, s, m, h or d; did you mean 5s?"),
        (("info", "--for", "1.5h"), "expected a duration, a whole number of ms, s, m, h or d"),
        (("info", "--for", "0s"), "--for 0s: must be over 0s and at most 7d"),
        (("info", "--for", "604800001ms"), "--for 604800001ms: must be over 0s and at most 7d"),
    ],
)
def test_a_wrong_log_level_is_a_usage_error(path, arguments, told):
    ran = lobbyctl(path, "loglevel", *arguments)
    assert ran.returncode == EXIT_USAGE and told in ran.stderr


@pytest.mark.parametrize(("given", "shown"), [("250ms", "250ms"), ("90s", "90s"), ("60m", "1h"), ("168h", "7d"), ("7d", "7d")])
def test_a_duration_has_the_same_form_as_in_files(daemon, path, given, shown):
    ran = lobbyctl(path, "loglevel", "debug", "--for", given)
    assert (ran.returncode, ran.stdout) == (0, f"log level debug for {shown}\n")


def test_stats_has_every_counter(daemon, path, raw):
    client = raw(daemon.port())
    client.send(b"\x01x")
    wait_until("the echo", lambda: client.frames, client)
    stats = ask(path, "stats")
    assert (stats["connections_open"], stats["datagrams_in"], stats["bytes_out"]) == (1, 1, 4)
    assert daemon.terminate() == 0
    known = {"level", "logger", "message", "timestamp", "duration_usec", "connections", "connections_refused"}
    assert set(daemon.wait_for("shutdown.finished").fields) - known <= set(stats)


def test_drain_ends_the_daemon_as_a_signal_does(daemon, path, raw):
    client = raw(daemon.port())
    daemon.wait_for("connection.opened")
    assert lobbyctl(path, "drain").returncode == 0
    wait_until("the end", lambda: client.end, client)
    assert daemon.wait_for_exit() == 0
    assert daemon.wait_for("connection.closed")["close_reason"] == "shutdown"
    assert daemon.wait_for("admin.command", admin_command="drain")["admin_uid"] == os.getuid()
    assert not path.exists()


def test_version(daemon, path):
    version = ask(path, "version")
    assert version["lobbyd"] == version["lobbyctl"]
    assert "lobbyd cannot be reached" in lobbyctl(path.with_name("none"), "version").stdout


@pytest.mark.parametrize("command", [("status",), ("list",), ("kick", "1"), ("reload",), ("drain",), ("top",)])
def test_without_a_daemon(path, command):
    ran = lobbyctl(path, *command)
    assert ran.returncode == EXIT_OS
    assert len(ran.stderr.splitlines()) == 1 and str(path) in ran.stderr


@pytest.mark.parametrize("arguments", [("dance",), ("show",), ("show", "x"), ("kick", "-1"), ("top", "--count", "0")])
def test_a_usage_error(path, arguments):
    assert lobbyctl(path, *arguments).returncode == EXIT_USAGE


def test_top_shows_rates_as_text_where_there_is_no_terminal(daemon, path, raw):
    client = raw(daemon.port())
    top = subprocess.Popen(
        [str(LOBBYCTL), "--socket", str(path), "--json", "top"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    )
    assert top.stdout
    client.send(b"\x01" * 10)
    rates = 0
    while not rates:
        client.send(b"\x01" * 10)
        page = json.loads(top.stdout.readline())
        rates = page["connections_per_second"][0]["traffic"]["datagrams_in"]
    top.send_signal(signal.SIGTERM)
    assert top.wait(10) == -signal.SIGTERM
    top.stdout.close()
    plain = lobbyctl(path, "top", "--count", "1")
    assert plain.returncode == 0 and "DG/S IN" in plain.stdout and "\x1b" not in plain.stdout
