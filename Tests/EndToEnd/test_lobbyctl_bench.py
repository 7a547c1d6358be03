"""lobbyctl bench: the real program against the real daemon, or against a faulty server."""

import json
import os
import pty
import signal
import socket
import struct
import subprocess
import threading
from contextlib import contextmanager
from typing import Any, Callable, Iterator

import pytest

from harness.bench import bench
from harness.configuration import listener
from harness.control import LOBBYCTL, ask, run_lobbyctl
from harness.daemon import EXIT_OK, EXIT_OS, EXIT_USAGE
from harness.waiting import DEADLINE, wait_until

EXIT_FAULTS = 1
COUNT = 2_000


def clean(published: int, receivers: int) -> dict[str, int]:
    faults = dict.fromkeys(("lost", "out_of_order", "duplicates", "strays", "foreign", "connections_lost"), 0)
    return faults | {"published": published, "delivered": published * receivers}


@pytest.mark.parametrize("header_size", [2, 4])
@pytest.mark.parametrize(
    ("handler", "reach", "receivers"),
    [
        ({"default": "echo"}, "echo", 1),
        ({"default": "broadcast"}, "broadcast", 5),
        ({"default": "broadcast", "include_sender": False}, "others", 4),
    ],
    ids=["echo", "broadcast", "others"],
)
def test_it_finds_out_what_the_server_does_and_counts_every_delivery(start, header_size, handler, reach, receivers):
    daemon = start(listeners=[listener(header_size=header_size)], relay=handler)
    result = bench(daemon.port(), "--header-size", header_size, "--connections", 5, "--count", COUNT)
    assert result.status == EXIT_OK, result
    assert result["clean"] is True
    assert result["workload"]["expect"] == reach
    assert result["workload"]["header_size"] == header_size
    assert result["totals"] == clean(COUNT, receivers)


@pytest.mark.parametrize(("default", "proof", "receivers"), [("echo", "tcp", 1), ("broadcast", "none", 4)])
def test_udp(start, default, proof, receivers):
    limits = {"udp_proof": proof, "udp_unproven_answers_per_second": 0}
    daemon = start(listeners=[listener(transport="udp")], relay={"default": default}, limits=limits)
    result = bench(daemon.port(), "--transport", "udp", "--connections", 4, "--rate", 100, "--count", 100)
    assert result.status == EXIT_OK, result
    assert result["totals"] == clean(100, receivers)


def test_the_message_type_picks_the_route(start):
    daemon = start(
        relay={"default": "broadcast", "message_type": "uint16"}, routes=[{"types": [258], "handler": "echo"}]
    )
    for message_type, reach in ((258, "echo"), (2, "broadcast")):
        result = bench(daemon.port(), "--type", message_type, "--connections", 3, "--count", 30)
        assert (result.status, result["workload"]["expect"]) == (EXIT_OK, reach)


def test_a_rate_is_held(start):
    daemon = start(relay={"default": "broadcast"})
    result = bench(
        daemon.port(), *("--connections", 10, "--publishers", 5, "--rate", 50, "--warm-up", "200ms", "--duration", "1s")
    )
    assert result.status == EXIT_OK, result
    assert result["workload"]["rate"] == 50
    # The schedule of 1.2 s holds on a busy machine too, because bench catches up on late datagrams.
    assert abs(result["totals"]["published"] - 300) <= 5
    assert result["measured"]["seconds"] == pytest.approx(1)
    latency = result["latency_ns"]
    assert 0 < latency["p50"] <= latency["p90"] <= latency["p99"] <= latency["p99.9"] <= latency["max"]


@pytest.mark.parametrize("reach", ["echo", "broadcast"])
def test_a_server_that_drops_is_a_loss(start, reach):
    daemon = start(relay={"default": "drop"})
    options = ("--connections", 3, "--publishers", 1, "--window", 10, "--count", 10)
    result = bench(daemon.port(), "--expect", reach, *options)
    assert result.status == EXIT_FAULTS, result
    assert result["clean"] is False
    assert result["totals"]["lost"] == (10 if reach == "echo" else 30)
    assert "latency_ns" not in result.report


def test_a_server_that_drops_and_nobody_said_what_it_should_do(start):
    daemon = start(relay={"default": "drop"})
    result = bench(daemon.port())
    assert (result.status, result.report) == (EXIT_FAULTS, None)
    assert "no datagram came back" in result.error


def test_an_echo_where_a_broadcast_was_expected_is_a_loss_and_the_other_way_round_a_stray(start):
    daemon = start(relay={"default": "echo"}, routes=[{"types": [2], "handler": "broadcast"}])
    options = ("--connections", 3, "--publishers", 3, "--count", 30)
    assert bench(daemon.port(), "--expect", "broadcast", *options)["totals"]["lost"] == 60
    result = bench(daemon.port(), "--expect", "echo", "--type", 2, *options)
    assert result.status == EXIT_FAULTS
    assert (result["totals"]["lost"], result["totals"]["strays"]) == (0, 60)


def test_another_header_size_is_told(start):
    daemon = start(listeners=[listener(header_size=4)])
    result = bench(daemon.port(), "--header-size", 2)
    assert (result.status, result.report) == (EXIT_FAULTS, None)
    assert "header size" in result.error


def test_two_at_one_server_leave_each_other_alone(start):
    daemon = start(relay={"default": "broadcast"})
    results = []
    options = ("--connections", 3, "--publishers", 1, "--rate", 100, "--count", 100)
    others = [threading.Thread(target=lambda: results.append(bench(daemon.port(), *options))) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert [result.status for result in results] == [EXIT_OK] * 2, results
    assert sum(result["totals"]["foreign"] for result in results) > 0


# Faulty servers

Frames = list[bytes]


def read_frame(stream: socket.socket) -> bytes:
    """Returns a frame with a header of 2 bytes, or no bytes at the end of the stream."""
    header = stream.recv(2, socket.MSG_WAITALL)
    return header + stream.recv(struct.unpack("<H", header)[0], socket.MSG_WAITALL) if header else b""


@contextmanager
def bad_echo_server(answer: Callable[[int, bytes], Frames | None]) -> Iterator[int]:
    """Serves one connection. `answer` returns the answers to a numbered frame, or `None` to close the connection."""

    def serve() -> None:
        with server.accept()[0] as stream:
            number = 0
            while frame := read_frame(stream):
                frames = answer(number, frame)
                if frames is None:
                    return
                stream.sendall(b"".join(frames))
                number += 1

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(DEADLINE)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(DEADLINE)


def swapped() -> Callable[[int, bytes], Frames]:
    """Swaps the answers to two datagrams. The first datagram is the probe."""
    held: Frames = []

    def answer(number: int, frame: bytes) -> Frames:
        if number == 20:
            held.append(frame)
            return []
        return [frame, held.pop()] if held else [frame]

    return answer


@pytest.mark.parametrize(
    ("answer", "faults"),
    [
        (lambda number, frame: [] if number == 20 else [frame], {"lost": 1}),
        (lambda number, frame: [frame, frame] if number == 20 else [frame], {"duplicates": 1}),
        (swapped(), {"out_of_order": 1}),
        (lambda number, frame: [frame], {}),
    ],
    ids=["lost", "twice", "swapped", "fine"],
)
def test_each_fault_is_found(answer, faults):
    with bad_echo_server(answer) as port:
        result = bench(port, "--connections", 1, "--count", 50, "--window", 4, "--expect", "echo")
    expected = {key: faults.get(key, 0) for key in ("lost", "duplicates", "out_of_order", "strays", "connections_lost")}
    assert {key: result["totals"][key] for key in expected} == expected
    assert result.status == (EXIT_FAULTS if faults else EXIT_OK)


@pytest.mark.parametrize("connections", [1, 2])
def test_the_end_of_the_only_publisher_is_told_and_ends_the_run(connections):
    # The second connection stays open in the backlog.
    with bad_echo_server(lambda number, frame: None if number == 20 else [frame]) as port:
        options = ("--connections", connections, "--publishers", 1, "--count", 50, "--window", 1)
        result = bench(port, "--expect", "echo", *options)
    assert result.status == EXIT_FAULTS
    assert result["totals"]["connections_lost"] == 1
    assert result["totals"]["lost"] >= 1


# The command line


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = bench(port)
    assert (result.status, result.report) == (EXIT_OS, None)
    assert f"127.0.0.1:{port}" in result.error


def test_udp_to_a_closed_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for options in ((), ("--expect", "echo")):
        result = bench(port, "--transport", "udp", *options)
        assert (result.status, result.report) == (EXIT_OS, None)
        assert result.error == f"lobbyctl bench: cannot connect to 127.0.0.1:{port}: Connection refused\n"


def test_udp_to_a_port_that_is_open_and_silent():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        result = bench(silent.getsockname()[1], "--transport", "udp")
    assert (result.status, result.report) == (EXIT_FAULTS, None)
    assert "no datagram came back" in result.error


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_host_may_have_brackets(start, transport):
    daemon = start(
        listeners=[listener(transport=transport, address="::1")], relay={"default": "echo"}, limits={"udp_proof": "none"}
    )
    arguments = ("--transport", transport, "--port", daemon.port(), "--connections", 2, "--count", 20)
    result = run_lobbyctl("bench", "--host", "[::1]", *arguments)
    assert result.returncode == EXIT_OK, result.stderr


# Runs that end early


def start_bench(port: int, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    command = [str(LOBBYCTL), "bench", "--host", "127.0.0.1", "--port", str(port), "--connections", "2", *map(str, arguments)]
    return subprocess.Popen(command, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options)


@pytest.fixture
def busy(start, tmp_path):
    """Starts a run that would last an hour, and waits until it publishes."""
    path = tmp_path / "c.sock"
    daemon = start(relay={"default": "broadcast"}, control={"socket": str(path)})

    def make(*arguments: object, **options: Any) -> tuple[Any, subprocess.Popen[str]]:
        running = start_bench(daemon.port(), "--duration", "1h", "--warm-up", "0s", "--rate", 100, *arguments, **options)
        # The survey before the run sends fewer datagrams.
        wait_until("traffic", lambda: ask(path, "stats")["datagrams_in"] > 50)
        return daemon, running

    return make


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("json_", [True, False], ids=["json", "text"])
def test_an_interrupted_run_reports_what_it_has_measured(busy, end, json_):
    _, running = busy(*["--json"] * json_)
    running.send_signal(end)
    output, error = running.communicate(timeout=DEADLINE)
    assert (running.returncode, error) == (EXIT_OK, "")
    if json_:
        report = json.loads(output)
        assert report["interrupted"] is True and report["clean"] is True
        assert 0 < report["measured"]["seconds"] < DEADLINE
        assert report["totals"]["published"] >= report["measured"]["published"] > 0
    else:
        assert " s, interrupted\n" in output and "once and in order" in output


def test_a_whole_run_is_not_interrupted(start):
    daemon = start(relay={"default": "echo"})
    assert bench(daemon.port(), "--connections", 2, "--count", 20)["interrupted"] is False


def test_an_interruption_before_the_first_measurement_says_so():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        running = start_bench(silent.getsockname()[1])
        silent.settimeout(DEADLINE)
        with silent.accept()[0] as stream:
            # The first probe has arrived.
            stream.settimeout(DEADLINE)
            assert stream.recv(1)
            running.send_signal(signal.SIGINT)
            output, error = running.communicate(timeout=DEADLINE)
    assert (running.returncode, output) == (EXIT_FAULTS, "")
    assert error == "lobbyctl bench: interrupted before anything was measured\n"


def test_a_second_interruption_ends_it_at_once(busy):
    """After the first interruption, bench waits for late datagrams, and this server hangs."""
    daemon, running = busy()
    daemon.process.send_signal(signal.SIGSTOP)
    try:
        running.send_signal(signal.SIGINT)
        wait_until("the first signal to be handled", lambda: not is_pending(running.pid, signal.SIGINT))
        running.send_signal(signal.SIGINT)
        assert running.wait(DEADLINE) == -signal.SIGINT
    finally:
        daemon.process.send_signal(signal.SIGCONT)
        running.communicate()


def test_an_interruption_while_the_report_is_printed_ends_it_at_once(start):
    """The reader of standard output does not read the report."""
    daemon = start(relay={"default": "echo"})
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, bytes(4096))
    except BlockingIOError:
        os.set_blocking(writer, True)
    running = start_bench(daemon.port(), "--count", 20, stdout=writer)
    os.close(writer)
    try:
        wait_until("the report", lambda: is_printing(running.pid))
        running.send_signal(signal.SIGINT)
        assert running.wait(DEADLINE) == -signal.SIGINT
    finally:
        os.close(reader)
        running.communicate()


def is_printing(process: int) -> bool:
    """Whether its first thread is in a system call on descriptor 1, which is write(2) to standard output."""
    with open(f"/proc/{process}/syscall") as file:
        return file.read().split()[1:2] == ["0x1"]


def test_an_interruption_that_its_parent_has_ignored_stays_ignored(busy):
    """nohup(1) ignores the signal like this, and so does a background job of a shell without job control."""
    _, running = busy("--json", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    running.send_signal(signal.SIGINT)
    assert signal.SIGINT not in blocked(running.pid)
    running.send_signal(signal.SIGTERM)
    output, _ = running.communicate(timeout=DEADLINE)
    assert running.returncode == EXIT_OK
    assert json.loads(output)["interrupted"] is True


def blocked(process: int) -> set[signal.Signals]:
    with open(f"/proc/{process}/status") as file:
        bits = int(next(line.split()[1] for line in file if line.startswith("SigBlk:")), 16)
    return {number for number in signal.Signals if bits & 1 << (number - 1)}


def is_pending(process: int, number: signal.Signals) -> bool:
    with open(f"/proc/{process}/status") as file:
        pending = next(line.split()[1] for line in file if line.startswith("ShdPnd:"))
    return bool(int(pending, 16) & 1 << (number - 1))


def test_a_terminal_that_has_gone_is_told_with_the_report(start):
    daemon = start(relay={"default": "echo"})
    master, slave = pty.openpty()
    command = [str(LOBBYCTL), "bench", "--port", str(daemon.port()), "--connections", "2", "--duration", "1500ms"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=slave, text=True, env=os.environ | {"TERM": "xterm"}
    )
    os.close(slave)
    os.read(master, 65536)
    os.close(master)
    output, _ = running.communicate(timeout=DEADLINE)
    assert running.returncode == EXIT_FAULTS and "once and in order" in output


# Numbers


def test_a_run_that_is_interrupted_while_it_warms_up_has_measured_nothing(start, tmp_path):
    path = tmp_path / "c.sock"
    daemon = start(relay={"default": "echo"}, control={"socket": str(path)})
    command = [LOBBYCTL, "bench", "--port", str(daemon.port()), "--connections", "2", "--warm-up", "1h", "--duration", "1s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        # More datagrams than the survey sends.
        wait_until("published datagrams", lambda: ask(path, "stats")["datagrams_in"] > 30)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=DEADLINE)
    assert (running.returncode, out) == (1, "")
    assert "interrupted before anything was measured" in err


@pytest.mark.parametrize("option", ["--duration", "--warm-up"])
def test_a_number_without_a_unit_is_told_the_right_form(option):
    result = run_lobbyctl("bench", option, 5)
    assert result.returncode == EXIT_USAGE
    assert "expected a duration, a whole number of ms, s, m, h or d; did you mean 5s?" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--connections", 2**31),
        ("--connections", 2**63 - 1),
        ("--duration", "25h"),
        ("--duration", "0s"),
        ("--warm-up", "86400001ms"),
        ("--size", 19),
        ("--size", 65_536),
        ("--transport", "udp", "--size", 1501),
        ("--transport", "udp", "--header-size", 2),
        ("--header-size", 3),
        ("--connections", 0),
        ("--window", 1, "--rate", 1),
        ("--expect", "nothing"),
    ],
)
def test_a_usage_error(arguments):
    result = run_lobbyctl("bench", *arguments)
    assert result.returncode == EXIT_USAGE
    assert arguments[-2].removeprefix("--") in result.stderr


def test_without_json_it_is_text_for_a_person(start):
    daemon = start(relay={"default": "echo"})
    result = run_lobbyctl("bench", "--port", daemon.port(), "--connections", 2, "--count", 20)
    assert result.returncode == EXIT_OK
    # Progress is shown only on terminals.
    assert result.stderr == ""
    assert "all 20 deliveries came, once and in order" in result.stdout
    assert "p99.9" in result.stdout
