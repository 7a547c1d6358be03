"""Invalid input on the control socket gets an answer, and does not disturb a client on the data path."""

import json

import pytest

from harness.configuration import listener
from harness.control import ControlConnection, ask, lobbyctl
from harness.waiting import wait_until

STATUS = b'{"version":1,"command":"status"}\n'
REQUEST_BYTES_MAX = 64 * 1024
CONNECTIONS_MAX = 8


@pytest.fixture
def path(tmp_path):
    return tmp_path / "c.sock"


@pytest.fixture
def daemon(start, path):
    return start(listeners=[listener()], relay={"default": "echo"}, control={"socket": str(path)})


@pytest.fixture
def connect(path):
    connections = []

    def make():
        connections.append(ControlConnection(path))
        return connections[-1]

    yield make
    for connection in connections:
        connection.close()


@pytest.fixture
def unharmed(daemon, raw):
    """A client that receives all its echoes, in order, before and after the invalid input."""
    client = raw(daemon.port())
    for number in range(100):
        client.send(b"\x01%d" % number)
    yield client
    for number in range(100, 200):
        client.send(b"\x01%d" % number)
    wait_until("the echoes", lambda: len(client.frames) == 200, client)
    assert client.frames == [b"\x01%d" % number for number in range(200)]
    assert client.end is None


@pytest.mark.parametrize(
    "line, code",
    [
        (b"\n", "malformed"),
        (b"status\n", "malformed"),
        (b"\x00\xff\x80\n", "malformed"),
        (b"[" * 60_000 + b"\n", "malformed"),
        (b'{"command":"status"}\n', "unsupportedVersion"),
        (b'{"version":2,"command":"status"}\n', "unsupportedVersion"),
        (b'{"version":1,"command":"dance"}\n', "unknownCommand"),
        (b'{"version":1,"command":"kick","id":"x"}\n', "badArgument"),
        (b'{"version":1,"command":"loglevel","level":"loud"}\n', "badArgument"),
        (b'{"version":1,"command":"list","address":"localhost"}\n', "badArgument"),
        (b'{"version":1,"command":"list","address":"10.0.0.1/8"}\n', "badArgument"),
        (b'{"version":1,"command":"list","address":7}\n', "badArgument"),
        (b'{"version":1,"command":"list","listener":"gmae"}\n', "notFound"),
    ],
)
def test_a_line_that_is_no_request_gets_an_error_and_the_next_one_its_answer(connect, unharmed, line, code):
    control = connect()
    control.send(line + STATUS)
    refused = control.answer()
    assert (refused["version"], refused["ok"], refused["error"]["code"]) == (1, False, code)
    assert refused["error"]["message"]
    assert control.answer()["ok"]


def test_a_line_of_the_limit_is_taken_and_a_longer_one_ends_the_connection(connect, unharmed, path):
    control = connect()
    control.send(STATUS[:-1] + b" " * (REQUEST_BYTES_MAX - len(STATUS)) + b"\n")
    assert control.answer()["ok"]
    control.send(STATUS[:-1] + b" " * (REQUEST_BYTES_MAX + 1 - len(STATUS)) + b"\n")
    assert control.answer()["error"]["code"] == "tooLong"
    assert control.answer() is None
    endless = connect()
    endless.send(b"x" * REQUEST_BYTES_MAX)
    assert endless.answer()["error"]["code"] == "tooLong"
    assert ask(path, "stats")["control_errors"] == 2


def test_a_line_that_ends_in_the_middle_is_answered(connect, unharmed):
    control = connect()
    control.send(STATUS[:10])
    control.socket.shutdown(1)
    assert control.answer()["error"]["code"] == "malformed"
    assert control.answer() is None


def test_a_request_may_come_in_pieces(connect, unharmed):
    control = connect()
    for byte in STATUS:
        control.send(bytes([byte]))
    assert control.answer()["ok"]


def test_a_hundred_connections_at_once(daemon, connect, unharmed, path):
    connections = [connect() for _ in range(100)]
    for control in connections[CONNECTIONS_MAX:]:
        refused = control.answer()
        assert refused["error"]["code"] == "busy" and str(CONNECTIONS_MAX) in refused["error"]["message"]
        assert control.answer() is None
    assert lobbyctl(path, "status").returncode == 1
    for control in connections[:CONNECTIONS_MAX]:
        control.send(STATUS)
        assert control.answer()["ok"]
        control.close()
    wait_until("a free slot", lambda: lobbyctl(path, "version", "--json").stdout.count("null") == 0)
    assert ask(path, "stats")["control_refused"] >= 100 - CONNECTIONS_MAX


def test_one_that_reads_no_answers_holds_up_nobody_else(connect, unharmed, path):
    deaf = connect()
    deaf.socket.setblocking(False)
    sent = 0
    try:
        while sent < 10_000_000:
            sent += deaf.socket.send(STATUS * 1000)
    except BlockingIOError:
        pass
    assert ask(path, "status")["connections"] == 1


def test_one_that_leaves_before_its_answer(connect, unharmed, path):
    for _ in range(20):
        control = connect()
        try:
            control.send(STATUS)
        except BrokenPipeError:
            pass  # refused: the earlier connections still have all slots
        control.close()
    wait_until("a free slot", lambda: json.loads(lobbyctl(path, "version", "--json").stdout)["lobbyd"])
